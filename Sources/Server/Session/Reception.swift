import Gateway

/// Lets a device in: the identity chain, the mail server's word on name and password, the device in the store; and, once
/// it is in, what it may see. The slow part of a session, so it is async.
struct Reception: Sendable {
    let environment: SessionEnvironment

    /// A session that may go on: what its machine is told, and what its shell needs.
    struct Guest: Sendable {
        let admission: Admission
        let lease: any MailboxLease
    }

    func login(_ request: LoginRequest, arrival: Arrival) async -> Result<Guest, LoginRefusal> {
        let identity = self.environment.identityChain.resolve(login: request.name, arrival: arrival)
        guard identity.name.isWellFormed else { return .failure(.malformed) }
        guard identity.identifiers.first != nil || self.environment.unidentified != .reject else {
            return .failure(.noDeviceName)
        }
        let login = UpstreamLogin(name: identity.name.octets, password: request.password, session: arrival.session)
        let opened: OpenedMailbox
        switch await self.open(login) {
        case .success(let mailbox): opened = mailbox
        case .failure(let failure): return .failure(.upstream(failure, transcript: []))
        }
        do throws(StoreFailure) {
            let speaker = try await self.speaker(identity.identifiers.first, account: opened.account)
            let account = identity.name.display
            return .success(
                Guest(
                    admission: Admission(account: account, speaker: speaker, transcript: opened.transcript),
                    lease: opened.lease
                )
            )
        } catch {
            opened.lease.release()
            return .failure(.store(error))
        }
    }

    private func open(_ login: UpstreamLogin) async -> Result<OpenedMailbox, UpstreamFailure> {
        await withCheckedContinuation { continuation in
            self.environment.mailboxes.open(login) { continuation.resume(returning: $0) }
        }
    }

    private func speaker(_ identifier: Identifier?, account: AccountID) async throws(StoreFailure) -> Speaker {
        guard let identifier else { return .unidentified(self.environment.unidentified) }
        return .device(try await self.environment.store.device(account, identifier: identifier), by: identifier)
    }

    /// The maildrop of `speaker`: what was listed, without what the device has hidden.
    func maildrop(
        _ listed: ListedMailbox,
        speaker: Speaker,
        source: IPAddress
    ) async -> Result<OpenedMaildrop, UpstreamFailure> {
        do throws(StoreFailure) {
            var view = DeviceView.everything
            var withheld = NumberRanges()
            switch speaker {
            case .device(let device, _): view = try await self.environment.store.view(device.id, of: listed.mailbox)
            case .unidentified(.once):
                withheld = try await self.environment.store.withheld(listed.mailbox, from: source)
            case .unidentified(.keep), .unidentified(.reject): break
            }
            let maildrop = Maildrop(
                mailbox: listed.mailbox,
                snapshot: listed.snapshot,
                view: view,
                withheld: withheld
            )
            return .success(OpenedMaildrop(maildrop: maildrop, transcript: listed.transcript))
        } catch {
            return .failure(.unavailable(reason: "store: \(error)"))
        }
    }
}
