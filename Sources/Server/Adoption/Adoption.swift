package import Gateway
import IMAP
package import Linux
package import POP3
package import Store
package import Upstream

/// Where the unique-ids come from: the provider's own POP3 service.
package protocol OwnService: Sendable {
    func open(name: [UInt8], password: Secret) async throws(ServiceFailure) -> any OwnMaildrop
}

/// A maildrop there, logged in and listed.
package protocol OwnMaildrop: Sendable {
    var listing: ServiceListing { get }
    /// What the service does not give is left out.
    func headers(of numbers: [MessageNumber]) async throws(ServiceFailure) -> [MessageNumber: [UInt8]]
    /// What was said to it, secrets cut out.
    func leave() async -> [String]
}

extension ProviderMaildrop: OwnMaildrop {}

/// Takes over the unique-ids of one mailbox: lists both sides, finds out which message is which, and gives ours the texts
/// that mail programs know from there (DESIGN section 2). The same for `uidl learn` and for `adopt:`.
package struct Adoption: Sendable {
    /// Headers asked for at a time, of each side in turn, so that neither server closes the connection for idleness.
    static let chunk = 128

    /// What may differ from run to run.
    package struct Terms: Sendable {
        /// Devices that were shown the mailbox before get the new texts too, and so everything once more.
        package var replacing = false
        /// Matches, and gives nothing.
        package var isDryRun = false
        /// For the record: the command, or the key of the configuration.
        package let asked: String
        package let origin: AuditRecord.Origin

        package init(asked: String, origin: AuditRecord.Origin) {
            self.asked = asked
            self.origin = origin
        }
    }

    let mailboxes: any Mailboxes
    let service: any OwnService
    let store: SQLiteStore

    package init(mailboxes: any Mailboxes, service: any OwnService, store: SQLiteStore) {
        self.mailboxes = mailboxes
        self.service = service
        self.store = store
    }

    /// Runs to its end, with a lease and a connection of its own. `tell` hears of progress, on any thread.
    package func run(
        _ login: UpstreamLogin,
        password: Secret,
        terms: Terms,
        tell: @escaping @Sendable (AdoptionProgress) -> Void = { _ in }
    ) async throws(AdoptionFailure) -> AdoptionReport {
        // IMAP first: POP3 services drop connections that are idle (U-17).
        let lease = try await self.lease(login)
        defer { lease.release() }
        let listed: ListedMailbox
        do throws(UpstreamFailure) {
            listed = try await lease.snapshot()
            lease.takeBack(listed.transcript)
        } catch {
            throw .upstream(error)
        }
        let maildrop: any OwnMaildrop
        do throws(ServiceFailure) {
            maildrop = try await self.service.open(name: login.name, password: password)
        } catch {
            throw .service(error)
        }
        do throws(AdoptionFailure) {
            var run = AdoptionRun(listed: listed, lease: lease, maildrop: maildrop, store: self.store, tell: tell)
            var report = try await run.match(isDryRun: terms.isDryRun)
            let said = await maildrop.leave()
            guard !terms.isDryRun else { return report }
            do throws(StoreError) {
                report.result = try await self.store.finishAdoption(
                    of: listed.mailbox,
                    report.counts,
                    paired: Set(run.pairs.keys),
                    replacing: terms.replacing,
                    asked: terms.asked,
                    origin: terms.origin,
                    upstream: said
                )
            } catch {
                throw .store(error)
            }
            return report
        } catch {
            _ = await maildrop.leave()
            throw error
        }
    }

    private func lease(_ login: UpstreamLogin) async throws(AdoptionFailure) -> any MailboxLease {
        do throws(UpstreamRefusal) {
            let opened = try await self.mailboxes.open(login)
            opened.lease.takeBack(opened.transcript)
            return opened.lease
        } catch {
            throw .upstream(error.failure)
        }
    }
}
