import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

/// One answer of a page, as it came over the wire.
struct Answer {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    var text: String { String(decoding: self.body, as: UTF8.self) }

    func header(_ name: String) -> String? { self.headers.first { $0.name == name.lowercased() }?.value }

    func headers(_ name: String) -> [String] { self.headers.filter { $0.name == name.lowercased() }.map(\.value) }

    /// Nil unless `octets` are one whole answer.
    init?(_ octets: [UInt8]) {
        let separator: [UInt8] = [13, 10, 13, 10]
        guard let end = octets.firstRange(of: separator) else { return nil }
        let lines = String(decoding: octets[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
        self.status = status
        self.headers = lines.dropFirst().compactMap { line in
            let halves = line.split(separator: ":", maxSplits: 1)
            return halves.count == 2
                ? (halves[0].lowercased(), halves[1].trimmingCharacters(in: .whitespaces)) : nil
        }
        let rest = octets[end.upperBound...]
        let isChunked = self.headers.contains { $0.name == "transfer-encoding" && $0.value == "chunked" }
        guard let body = isChunked ? Self.joined(rest) : Array(rest) else { return nil }
        self.body = body
    }

    private static func joined(_ octets: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = octets
        var body: [UInt8] = []
        while let line = rest.firstRange(of: [13, 10]) {
            let digits = String(decoding: rest[..<line.lowerBound], as: UTF8.self)
            let left = rest.distance(from: line.upperBound, to: rest.endIndex)
            guard let size = Int(digits, radix: 16), left >= size + 2 else { return nil }
            if size == 0 { return body }
            body += rest[line.upperBound..<(line.upperBound + size)]
            rest = rest[(line.upperBound + size + 2)...]
        }
        return nil
    }
}

/// A browser that keeps the cookies of one place, and does nothing by itself.
final class PageClient: Sendable {
    let port: Int
    private let cookies = NIOLockedValueBox<[String: String]>([:])

    init(port: Int) { self.port = port }

    struct Broken: Error {}

    func get(_ address: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await self.send("GET", address, headers)
    }

    /// A form of a page that was loaded from `page`, with its token in it.
    func submit(
        _ address: String,
        _ fields: [String: String],
        from page: String,
        _ headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = fields
        fields["token-of-form"] = try Self.formToken(try await self.get(page))
        return try await self.post(address, fields, headers)
    }

    func post(
        _ address: String,
        _ fields: [String: String],
        _ headers: [String: String] = [:]
    ) async throws -> Answer {
        let body = fields.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }.joined(separator: "&")
        var headers = headers
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return try await self.send("POST", address, headers, body: Array(body.utf8))
    }

    static func formToken(_ answer: Answer) throws -> String {
        let mark = "name=\"token-of-form\" value=\""
        let start = try #require(answer.text.range(of: mark)).upperBound
        return String(answer.text[start...].prefix { $0 != "\"" })
    }

    /// Everything but ASCII letters and digits as `%XX`.
    static func encoded(_ text: String) -> String {
        text.utf8.map { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(octet))
            case _: "%" + (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
            }
        }.joined()
    }

    func cookie(_ name: String) -> String? { self.cookies.withLockedValue { $0[name] } }

    func setCookie(_ name: String, _ value: String?) { self.cookies.withLockedValue { $0[name] = value } }

    func send(
        _ method: String,
        _ address: String,
        _ headers: [String: String] = [:],
        body: [UInt8] = []
    ) async throws -> Answer {
        var lines = ["\(method) \(address) HTTP/1.1"]
        var headers = headers
        if headers["Host"] == nil { headers["Host"] = "127.0.0.1:\(self.port)" }
        if headers["Accept"] == nil { headers["Accept"] = "text/html" }
        headers["Connection"] = "close"
        if !body.isEmpty || method == "POST" { headers["Content-Length"] = String(body.count) }
        let cookies = self.cookies.withLockedValue { $0.map { "\($0.key)=\($0.value)" } }.sorted()
        if !cookies.isEmpty, headers["Cookie"] == nil { headers["Cookie"] = cookies.joined(separator: "; ") }
        lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let octets = try await Self.exchange(
            Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body,
            self.port
        )
        guard let answer = Answer(octets) else { throw Broken() }
        for line in answer.headers("set-cookie") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first.map(String.init), pair.count == 2 else { continue }
            let isGone = line.contains("Max-Age=0;")
            self.cookies.withLockedValue { $0[name] = isGone ? nil : String(pair[1]) }
        }
        return answer
    }

    /// All that a connection says until it is closed. With `isLast` the server hears that nothing more will come.
    static func exchange(_ octets: [UInt8], _ port: Int, isLast: Bool = false) async throws -> [UInt8] {
        let collector = Collector()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .connect(host: "127.0.0.1", port: port).get()
        try? await channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
        if isLast { try? await channel.close(mode: .output).get() }
        try? await channel.closeFuture.get()
        return collector.octets
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let received = NIOLockedValueBox<[UInt8]>([])

        var octets: [UInt8] { self.received.withLockedValue { $0 } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = self.unwrapInboundIn(data)
            self.received.withLockedValue { $0 += Array(buffer: buffer) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
