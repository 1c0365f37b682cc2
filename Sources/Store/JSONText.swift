package import Foundation

/// JSON for people and programs: keys in order, one to a line.
package enum JSONText {
    package static func data(of value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    package static func of(_ value: some Encodable) throws -> String {
        String(decoding: try self.data(of: value), as: UTF8.self)
    }
}
