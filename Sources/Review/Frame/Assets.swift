import HTTPTypes
import Hummingbird
import LibCrypto
import Report

/// Style sheet, script and icon, under addresses with their digest in it: browsers keep them for ever.
struct Assets: Sendable {
    private static let embedded: [(name: String, type: String, octets: [UInt8])] = [
        ("style.css", "text/css; charset=utf-8", PackageResources.style_css + Array(ChartStyle.css.utf8)),
        ("icon.svg", "image/svg+xml", PackageResources.icon_svg),
        ("live.js", "text/javascript; charset=utf-8", PackageResources.live_js),
    ]

    private struct File: Sendable {
        let address: String
        let type: String
        let octets: [UInt8]
    }

    private let files: [String: File]

    init() {
        var files: [String: File] = [:]
        for (name, type, octets) in Self.embedded {
            let digest = SHA256.digest(of: octets).prefix(8).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }
            files[name] = File(address: "/assets/\(digest.joined())/\(name)", type: type, octets: octets)
        }
        self.files = files
    }

    func address(of name: String) -> String { self.files[name]?.address ?? "/" }

    struct Page: Review.Page {
        let frame: PageFrame

        func add(to routes: PageRoutes) {
            routes.get("assets/:digest/:name", for: .everybody) { visit in
                guard let name = visit.parameters.get("name"), let file = self.frame.assets.files[name],
                    file.address == visit.path
                else { throw PageProblem.notFound }
                return Response(
                    status: .ok,
                    headers: [
                        .contentType: file.type, .cacheControl: "public, max-age=31536000, immutable",
                    ],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.octets))
                )
            }
        }
    }
}
