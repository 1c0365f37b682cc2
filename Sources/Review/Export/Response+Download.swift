import HTTPTypes
import Hummingbird

/// What kind of file is handed out.
enum FileKind: String {
    case csv = "text/csv; charset=utf-8"
    case json = "application/json"
    case jsonLines = "application/x-ndjson"
    case plain = "text/plain; charset=utf-8"
}

extension Response {
    static func download(_ octets: [UInt8], named name: String, _ kind: FileKind) -> Response {
        Response(
            status: .ok,
            headers: .download(name, kind),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: octets))
        )
    }
}

extension HTTPFields {
    /// `name` is ours: letters, digits, `-` and `.`.
    static func download(_ name: String, _ kind: FileKind) -> HTTPFields {
        [.contentType: kind.rawValue, .contentDisposition: "attachment; filename=\"\(name)\""]
    }
}
