/// The ways a network can cut the same octets into pieces: a streaming parser must not care.
package enum Cuts {
    /// The input in two pieces, at every place, the empty piece at either end included.
    package static func inTwo(_ octets: [UInt8]) -> [[[UInt8]]] {
        (0...octets.count).map { [Array(octets.prefix($0)), Array(octets.dropFirst($0))] }
    }

    /// The input one octet at a time.
    package static func single(_ octets: [UInt8]) -> [[UInt8]] { octets.map { [$0] } }

    /// Whole, in two at every place, and octet by octet: enough for a machine whose state is a place in its grammar.
    package static func usual(_ octets: [UInt8]) -> [[[UInt8]]] {
        self.inTwo(octets) + [self.single(octets)]
    }

    /// Every way there is to cut the input into pieces that are not empty: 2 to the power of (count - 1) of them, so
    /// for inputs of about 12 octets at most.
    package static func every(_ octets: [UInt8]) -> [[[UInt8]]] {
        guard let first = octets.first else { return [[]] }
        precondition(octets.count <= 16, "too long to be cut in every way")
        var cuts: [[[UInt8]]] = [[[first]]]
        for octet in octets.dropFirst() {
            cuts = cuts.flatMap { pieces in
                [pieces + [[octet]], pieces.dropLast() + [(pieces.last ?? []) + [octet]]]
            }
        }
        return cuts
    }

    /// Pieces of 1 to `longest` octets, by chance.
    package static func random(
        _ octets: [UInt8],
        longest: Int,
        using generator: inout SeededGenerator
    ) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let length = Int.random(in: 1...max(1, longest), using: &generator)
            pieces.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }
}

/// Every string over `alphabet` from the empty one up to `length` octets, the shorter ones first.
package func everyString(over alphabet: [UInt8], upTo length: Int) -> [[UInt8]] {
    var all: [[UInt8]] = [[]]
    var longest: [[UInt8]] = [[]]
    for _ in 0..<max(0, length) {
        longest = longest.flatMap { string in alphabet.map { string + [$0] } }
        all += longest
    }
    return all
}
