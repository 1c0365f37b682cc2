import LibCrypto
import TestSupport
import Testing

@Suite("published vectors")
struct VectorTests {
    @Test(
        "SHA-256 (FIPS 180-4)",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func sha256(message: String, expected: String) {
        let octets = Array(message.utf8)
        #expect(hexadecimal(SHA256.digest(of: octets)) == expected)
        let hasher = SHA256()
        for cut in 0...octets.count {
            hasher.update(Array(octets[..<cut]))
            hasher.update(Array(octets[cut...]))
            #expect(hexadecimal(hasher.finalize()) == expected)
        }
    }

    @Test(
        "HMAC-SHA-256 (RFC 4231 §4)",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    )
    func hmac(key: [UInt8], message: [UInt8], expected: String) {
        let key = HMACKey(key)
        for _ in 0..<2 { #expect(hexadecimal(key.code(of: message)) == expected) }
        #expect(key.verifies(key.code(of: message), of: message))
        #expect(!key.verifies(key.code(of: message), of: message + [0]))
        #expect("\(key)" == "•••")
    }

    @Test(
        "PBKDF2 with HMAC-SHA-256 (RFC 7914 §11, RFC 8018 §5.2)",
        arguments: [
            ("passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
            ("Password", "NaCl", 80_000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"),
        ]
    )
    func pbkdf2(password: String, salt: String, iterations: Int, expected: String) {
        let key = PBKDF2.key(password: Array(password.utf8).span, salt: Array(salt.utf8), iterations: iterations)
        #expect(hexadecimal(key) == expected)
    }

    @Test("one round of PBKDF2 is HMAC over the salt and the number of the block (RFC 8018 §5.2)")
    func pbkdf2Block() {
        for length in [0, 1, 63, 64, 65, 200] {
            let octets = [UInt8](repeating: 7, count: length)
            let code = HMACKey(octets).code(of: octets + [0, 0, 0, 1])
            #expect(PBKDF2.key(password: octets.span, salt: octets, iterations: 1) == code)
        }
    }

    @Test("Ed25519 (RFC 8032 §7.1, tests 1 and 3)")
    func ed25519() throws {
        for (seed, publicKey, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", [UInt8](),
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", [0xaf, 0x82],
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ] {
            let key = try SigningKey(seed: octets(seed))
            let verifying = try key.verifyingKey()
            #expect(hexadecimal(verifying.octets) == publicKey)
            #expect(hexadecimal(try key.sign(message)) == signature)
            #expect(verifying.verify(octets(signature), of: message))
            #expect(!verifying.verify(octets(signature), of: message + [1]))
            let again = try SigningKey(pem: key.pem())
            #expect(try again.verifyingKey() == verifying)
        }
        #expect(throws: CryptoError.self) { try SigningKey(seed: [1, 2]) }
        #expect(throws: CryptoError.self) { try VerifyingKey([1, 2]) }
        #expect(ErrorQueue.isEmpty)
    }

    @Test("base64 (RFC 4648 §10) has one spelling of each value")
    func base64() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            #expect(Base64.encode(Array(plain.utf8)) == coded)
            #expect(Base64.decode(coded) == Array(plain.utf8))
        }
        for bad in ["Zg", "Zg=", "Zh==", "Zm9=", "Zm9v=", "=", "Zg==\n", "Z g=", "Zm9v====", "Zg==Zg==", "Zm-_"] {
            #expect(Base64.decode(bad) == nil, "\(bad)")
        }
        for count in 0..<100 {
            let value = Random.octets(count)
            #expect(Base64.decode(Base64.encode(value)) == value)
        }
    }
}

private func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
}

private func octets(_ text: String) -> [UInt8] {
    var digits = text[...]
    var octets: [UInt8] = []
    while let octet = UInt8(digits.prefix(2), radix: 16) {
        octets.append(octet)
        digits = digits.dropFirst(2)
    }
    return octets
}
