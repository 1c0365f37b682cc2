import Glibc
import Linux
import TestSupport
import Testing

@Suite("Datagrams to a socket of this machine")
struct DatagramSocketTests {
    @Test("reach whoever listens at the moment, and fail when nobody does")
    func comesAndGoes() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/socket"
        let sender = try DatagramSocket(name: path)
        #expect(throws: SystemError(call: "sendto", code: ENOENT)) { try sender.send([1]) }
        for _ in 0..<2 {
            let listener = try DatagramReceiver(path)
            try sender.send([1, 2, 3])
            #expect(listener.next()?.utf8.count == 3)
            unlink(path)
        }
    }

    @Test("wait a moment for one who does not keep up, and are refused when they are too long")
    func limits() throws {
        let folder = try TemporaryFolder()
        let listener = try DatagramReceiver(folder.path + "/socket")
        let sender = try DatagramSocket(name: folder.path + "/socket", milliseconds: 1)
        #expect(throws: SystemError(call: "sendto", code: EMSGSIZE)) {
            try sender.send([UInt8](repeating: 0, count: 64 << 20))
        }
        #expect(throws: SystemError(call: "sendto", code: EAGAIN)) {
            for _ in 0..<100_000 { try sender.send([0]) }
        }
        #expect(listener.next()?.utf8.count == 1)
        try sender.send([0])
    }
}
