import Linux
import POP3
import TLS
import Upstream

/// The provider's service as it is; a test hands in another.
struct ReachedService: OwnService {
    let service: ProviderService

    func open(name: [UInt8], password: Secret) async throws(ServiceFailure) -> any OwnMaildrop {
        try await self.service.open(name: name, password: password)
    }
}

extension ProviderConfiguration {
    /// The service that `adopt` or `--from` names.
    init(_ url: AdoptionURL, authority: String?) {
        self.init(
            host: url.host,
            port: url.port,
            isImplicitTLS: url.isImplicitTLS,
            trust: authority.map { .file($0) } ?? .system
        )
    }
}
