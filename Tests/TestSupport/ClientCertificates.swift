import Foundation
import LibCrypto

/// A CA for devices and the certificates it gives them, in a folder that goes with this object. Made by openssl(1).
package final class ClientCertificates {
    package struct Failed: Error {}

    private let folder: URL

    package init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "clients-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let authority = try CertificateAuthority.make()
        try Data(authority.certificatePEM).write(to: self.folder.appending(path: "ca.crt"))
        try Data(authority.keyPEM()).write(to: self.folder.appending(path: "ca.key"))
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    package var authority: String { self.path("ca.crt") }

    package func path(_ name: String) -> String { self.folder.appending(path: name).path }

    /// Makes `NAME.crt` with the key `KEY.key`, which is made when it is new. What s_client is told to show it.
    package func make(
        _ name: String,
        subject: String,
        key: String? = nil,
        days: Int = 30,
        use: String = "clientAuth"
    ) throws -> [String] {
        let script = """
            set -e
            cd "$1"
            test -e "$3.key" || openssl ecparam -name prime256v1 -genkey -noout -out "$3.key"
            openssl req -new -utf8 -key "$3.key" -subj "$4" -out "$2.csr"
            printf 'basicConstraints=critical,CA:FALSE\\nextendedKeyUsage=%s\\n' "$6" > "$2.ext"
            openssl x509 -req -in "$2.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$5" -extfile "$2.ext" -out "$2.crt"
            """
        let key = key ?? name
        try Self.run(script, [self.folder.path, name, key, subject, String(days), use])
        return ["-cert", self.path("\(name).crt"), "-key", self.path("\(key).key")]
    }

    /// What openssl(1) says is the digest of a key's SubjectPublicKeyInfo.
    package func digest(ofKey key: String) throws -> String {
        try Self.run(
            "openssl pkey -in \"$1\" -pubout -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1",
            [self.path("\(key).key")]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    private static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script, "sh"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return text
    }
}
