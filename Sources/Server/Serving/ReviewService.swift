import Gateway
import Logging
import NIOCore
import NIOPosix
import Report
import Review
import ServiceLifecycle
import Store
import TLS

/// The review page beside the devices' service, which goes on whatever becomes of the page: a port that is taken is a
/// warning in the log.
struct ReviewService: Service {
    private let server: ReviewServer
    private let place: String
    private let logger: Logger

    /// Nil where the configuration wants no page. `hostName` is this machine's; `say` is told the page's address.
    init?(
        _ configuration: Configuration,
        store: SQLiteStore,
        hostName: String,
        certificates: Certificates,
        connections: Connections,
        logger: Logger,
        say: (@Sendable (String) -> Void)?
    ) throws {
        guard let review = configuration.review else { return nil }
        let settings = ReviewSettings(
            address: review.address,
            port: review.port,
            isTLS: review.isTLS,
            language: configuration.language,
            node: configuration.node,
            names: Set(review.names + configuration.domains + [hostName.lowercased()]),
            zone: configuration.zone
        )
        self.place = Endpoint(address: review.address, port: UInt16(clamping: review.port)).description
        self.logger = logger
        let host = review.address.octets.allSatisfy { $0 == 0 } ? hostName : nil
        let language = configuration.language
        self.server = try ReviewServer(
            settings,
            store: store,
            logger: logger,
            sessionCount: { connections.count },
            furnish: { channel in
                guard review.isTLS else { return }
                guard let context = certificates.context(of: Configuration.Review.listenerName) else {
                    throw ChannelError.operationUnsupported
                }
                try channel.pipeline.syncOperations.addHandler(TLSHandler(server: context))
            },
            started: { address in
                guard let endpoint = SocketEndpoint.endpoint(address) else { return }
                let authority = host.map { "\($0):\(endpoint.port)" } ?? endpoint.description
                let page = "\(review.isTLS ? "https" : "http")://\(authority)/"
                logger.notice("review page", metadata: ["address": "\(page)"])
                say?(Self.sentence(page)[language])
            }
        )
    }

    func run() async throws {
        do {
            try await self.server.run()
        } catch {
            let reason = (error as? IOError)?.description ?? "\(error)"
            self.logger.warning(
                "there is no review page",
                metadata: ["address": "\(self.place)", "reason": "\(reason)"]
            )
        }
    }

    private static func sentence(_ page: String) -> Phrase {
        Phrase(
            "The record can be read at \(page)\n  A token for it: leavecopy review token NAME --role reader\n",
            "記録は \(page) で確認できます。\n  ログイン用トークンの作成: leavecopy review token 名前 --role reader\n"
        )
    }
}
