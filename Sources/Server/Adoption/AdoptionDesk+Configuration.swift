import Gateway
import Logging
import NIOCore
import Report
import Store
import TLS
import Upstream

extension AdoptionDesk {
    /// Nil where the configuration has no `adopt`.
    static func make(
        _ configuration: Configuration,
        mailboxes: any Mailboxes,
        store: SQLiteStore,
        group: any EventLoopGroup,
        logger: Logger,
        seconds: @escaping @Sendable () -> Int64
    ) throws(ServeFailure) -> AdoptionDesk? {
        guard let url = configuration.adoption else { return nil }
        let authority = configuration.adoptionAuthority
        let provider = ProviderConfiguration(url, authority: authority)
        let service: ProviderService
        do throws(TLSError) {
            service = try ProviderService(provider, group: group, logger: logger)
        } catch {
            let path = authority ?? "the system's certificate store"
            throw ServeFailure(
                Phrase("upstream.adopt-ca: \(path): \(error)", "upstream.adopt-ca: \(path): 読み込めません (\(error))"),
                status: .configuration
            )
        }
        return AdoptionDesk(
            adoption: Adoption(mailboxes: mailboxes, service: ReachedService(service: service), store: store),
            mailbox: configuration.upstream.mailbox,
            logger: logger,
            seconds: seconds
        )
    }
}
