package import Linux
package import Logging
package import NIOCore
import NIOPosix
package import TLS

import enum Gateway.IPAddress
package import enum POP3.ClientAction
package import struct POP3.ClientStateMachine
package import struct POP3.MessageNumber
package import enum POP3.ServiceFailure
package import struct POP3.ServiceListing

/// How a provider's own POP3 service is reached.
package struct ProviderConfiguration: Sendable {
    enum Protection: Hashable, Sendable {
        case implicitTLS
        /// STLS, before anything is said that matters.
        case startTLS
        /// Without TLS a password may cross this machine and no network.
        case plainLoopback
    }

    let host: String
    let port: Int
    let protection: Protection
    let trust: TLSContext.Trust

    /// Where TLS does not come first STLS does, unless the service is on this machine.
    package init(host: String, port: Int, isImplicitTLS: Bool, trust: TLSContext.Trust = .system) {
        let isLoopback = host == "localhost" || IPAddress(host)?.isLoopback == true
        self.host = host
        self.port = port
        self.protection = isImplicitTLS ? .implicitTLS : isLoopback ? .plainLoopback : .startTLS
        self.trust = trust
    }
}

/// A provider's own POP3 service, from which unique-ids are taken over. Listed and looked at, never fetched from.
package struct ProviderService: Sendable {
    private let configuration: ProviderConfiguration
    private let client: TLSContext?
    private let group: any EventLoopGroup
    private let logger: Logger

    /// Throws when the trusted certificates cannot be read.
    package init(
        _ configuration: ProviderConfiguration,
        group: any EventLoopGroup,
        logger: Logger
    ) throws(TLSError) {
        self.configuration = configuration
        self.client = configuration.protection == .plainLoopback ? nil : try .client(trust: configuration.trust)
        self.group = group
        self.logger = logger
    }

    /// Logs in and lists. The maildrop is to be left with `leave`.
    package func open(name: [UInt8], password: Secret) async throws(ServiceFailure) -> ProviderMaildrop {
        let loop = self.group.next()
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop)
                .channelOption(.autoRead, value: false)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connectTimeout(.seconds(10))
                .connect(host: self.configuration.host, port: self.configuration.port)
                .hop(to: loop).get()
        } catch {
            throw .unavailable("no connection to the POP3 service: \(error)")
        }
        let machine = ClientStateMachine(
            startsTLS: self.configuration.protection == .startTLS,
            name: name,
            password: password
        )
        let result = await withCheckedContinuation { continuation in
            loop.execute { self.begin(machine, on: channel) { continuation.resume(returning: $0) } }
        }
        return try result.get()
    }

    /// On the channel's loop.
    private func begin(
        _ machine: ClientStateMachine,
        on channel: any Channel,
        answer: @escaping (Result<ProviderMaildrop, ServiceFailure>) -> Void
    ) {
        let logger = self.logger
        let connection = ProviderConnection(
            machine: machine,
            client: self.client,
            serverName: self.configuration.host,
            readOnly: POP3Guard { reason in
                logger.critical(
                    "the guard stopped a POP3 command and closed the connection",
                    metadata: ["reason": "\(reason)"]
                )
            }
        )
        var answer: ((Result<ProviderMaildrop, ServiceFailure>) -> Void)? = answer
        let end: (Result<ProviderMaildrop, ServiceFailure>) -> Void = { result in
            answer?(result)
            answer = nil
        }
        connection.tell = { action in
            switch action {
            case .listed(let listing):
                end(
                    .success(
                        ProviderMaildrop(
                            listing: listing,
                            connection: NIOLoopBound(connection, eventLoop: channel.eventLoop)
                        )
                    )
                )
            case .failed(let failure): end(.failure(failure))
            case .close: end(.failure(.disconnected))
            case .send, .startTLS, .header, .headersEnded: break
            }
        }
        do {
            let pipeline = channel.pipeline.syncOperations
            if self.configuration.protection == .implicitTLS, let client = self.client {
                try pipeline.addHandler(TLSHandler(client: client, serverName: self.configuration.host))
            }
            try pipeline.addHandlers([connection.readOnly, connection])
            if !channel.isActive { end(.failure(.disconnected)) }
        } catch {
            end(.failure(.unavailable("TLS: \(error)")))
            channel.close(promise: nil)
        }
    }
}

/// A maildrop of the provider's, logged in and listed.
package struct ProviderMaildrop: Sendable {
    package let listing: ServiceListing
    let connection: NIOLoopBound<ProviderConnection>

    /// The header blocks of these messages; one that the service does not give is left out. One call at a time.
    package func headers(of numbers: [MessageNumber]) async throws(ServiceFailure) -> [MessageNumber: [UInt8]] {
        let loop = self.connection.eventLoop
        let result: Result<[MessageNumber: [UInt8]], ServiceFailure> = await withCheckedContinuation { continuation in
            loop.execute {
                let gathering = HeaderGathering { continuation.resume(returning: $0) }
                self.connection.value.tell = { gathering.heard($0) }
                self.connection.value.command { $0.headers(of: numbers) }
            }
        }
        return try result.get()
    }

    /// QUIT. Returns what has left over this connection, secrets cut out; the newest 64 lines.
    package func leave() async -> [String] {
        let connection = self.connection
        return await withCheckedContinuation { continuation in
            connection.eventLoop.execute {
                connection.value.tell = { _ in }
                connection.value.leave()
                continuation.resume(returning: connection.value.readOnly.takeTranscript())
            }
        }
    }
}

/// Gathers what comes for one `headers(of:)`.
private final class HeaderGathering {
    private var headers: [MessageNumber: [UInt8]] = [:]
    private var answer: ((Result<[MessageNumber: [UInt8]], ServiceFailure>) -> Void)?

    init(answer: @escaping (Result<[MessageNumber: [UInt8]], ServiceFailure>) -> Void) { self.answer = answer }

    func heard(_ action: ClientAction) {
        switch action {
        case .header(let number, let octets): if let octets { self.headers[number] = octets }
        case .headersEnded: self.end(.success(self.headers))
        case .failed(let failure): self.end(.failure(failure))
        case .close: self.end(.failure(.disconnected))
        case .send, .startTLS, .listed: break
        }
    }

    private func end(_ result: Result<[MessageNumber: [UInt8]], ServiceFailure>) {
        self.answer?(result)
        self.answer = nil
    }
}
