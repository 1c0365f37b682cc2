import Gateway
import IMAP
import POP3

import struct NIOCore.ByteBuffer

/// What is done for each octet or each message of a session.
enum HotLoop: String, CaseIterable {
    /// A body of 1 MB made fit for a multi-line reply, in pieces of 16 KiB: text with a dotted line in a hundred.
    case stuffing
    /// The answer to a FETCH of that body, cut out of what the mail server sends.
    case literal
    /// LIST and UIDL of 100,000 messages.
    case list, uidl
}

/// What the loop is fed with, made before anything is counted.
struct HotLoopInput {
    private static let messages: UInt32 = 100_000
    private static let megabyte = 1_000_000
    private static let pieceSize = 16_384

    private let loop: HotLoop
    private var pieces: [ByteBuffer] = []
    private var maildrop: Maildrop?

    init(_ loop: HotLoop) {
        self.loop = loop
        switch loop {
        case .stuffing: self.pieces = Self.pieces(Self.text)
        case .literal:
            let head = "* 7 FETCH (UID 9 BODY[] {\(Self.text.count)}\r\n"
            self.pieces = Self.pieces(Array(head.utf8) + Self.text + Array(")\r\na1 OK done\r\n".utf8))
        case .list, .uidl: self.maildrop = Self.largeMaildrop
        }
    }

    /// Once; gives the octets that came out, so that nothing is left out as useless.
    func run() -> Int {
        switch self.loop {
        case .stuffing: self.stuff()
        case .literal: self.cutLiteral()
        case .list, .uidl: self.writeListing()
        }
    }

    private func stuff() -> Int {
        var stuffer = ByteStuffer()
        var octets = 0
        for piece in self.pieces {
            for stretch in stuffer.stuff(piece) { octets &+= stretch.readableBytes }
        }
        return octets &+ stuffer.finish().readableBytes
    }

    private func cutLiteral() -> Int {
        var framer = ResponseFramer()
        var octets = 0
        framer.greeted()
        for piece in self.pieces {
            framer.append(piece)
            while let frame = try? framer.next() {
                if case .bodyPiece(let part) = frame { octets &+= part.readableBytes }
            }
        }
        return octets
    }

    /// Part by part, as a session writes it.
    private func writeListing() -> Int {
        guard let maildrop = self.maildrop else { return 0 }
        var listing = Listing(content: self.loop == .list ? .sizes : .uniqueIDs)
        var octets = 0
        var isWhole = false
        while !isWhole {
            var part = ByteBuffer()
            isWhole = maildrop.write(&listing, largest: .max, into: &part)
            octets &+= part.readableBytes
        }
        return octets
    }

    private static let text: [UInt8] = {
        var text: [UInt8] = []
        var line = 0
        while text.count < Self.megabyte {
            let begin: UInt8 = line.isMultiple(of: 100) ? UInt8(ascii: ".") : UInt8(ascii: "A")
            text += [begin] + repeatElement(UInt8(ascii: "x"), count: 75) + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
            line += 1
        }
        return text
    }()

    private static func pieces(_ octets: [UInt8]) -> [ByteBuffer] {
        stride(from: 0, to: octets.count, by: Self.pieceSize).map { start in
            ByteBuffer(bytes: octets[start..<min(start + Self.pieceSize, octets.count)])
        }
    }

    private static var largeMaildrop: Maildrop {
        let messages = (1...Self.messages).compactMap { number -> Message? in
            guard let uid = UID(number), let uniqueID = UniqueID("00000000\(number)v00000007") else { return nil }
            return Message(number: number, uid: uid, size: 1_000 + number % 90_000, uniqueID: uniqueID)
        }
        return Maildrop(
            mailbox: MailboxID(1),
            snapshot: MailboxSnapshot(validity: UIDValidity(7), messages: messages),
            view: .everything,
            withheld: NumberRanges()
        )
    }
}
