/// Values by key, in the order in which they were asked for last. All but `removeAll(where:)` take the same time however
/// many there are.
struct RecencyList<Key: Hashable, Value> {
    private struct Slot {
        let key: Key
        let value: Value
        var newer: Int?
        var older: Int?
    }

    private var slots: [Slot?] = []
    private var unused: [Int] = []
    private var places: [Key: Int] = [:]
    private var newest: Int?
    private var oldest: Int?

    var count: Int { self.places.count }

    /// Keys, the one asked for last first.
    var keys: [Key] {
        var keys: [Key] = []
        var next = self.newest
        while let place = next, let slot = self.slots[place] {
            keys.append(slot.key)
            next = slot.older
        }
        return keys
    }

    func contains(_ key: Key) -> Bool { self.places[key] != nil }

    /// The value, which is now the newest.
    mutating func find(_ key: Key) -> Value? {
        guard let place = self.places[key], let slot = self.slots[place] else { return nil }
        guard place != self.newest else { return slot.value }
        self.unlink(place)
        self.link(place, slot.key, slot.value)
        return slot.value
    }

    /// Adds a value as the newest, in place of the one of this key.
    mutating func insert(_ key: Key, _ value: Value) {
        self.remove(key)
        let place = self.unused.popLast() ?? self.slots.count
        if place == self.slots.count { self.slots.append(nil) }
        self.link(place, key, value)
        self.places[key] = place
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = self.places.removeValue(forKey: key), let slot = self.slots[place] else { return nil }
        self.unlink(place)
        self.unused.append(place)
        return slot.value
    }

    mutating func removeOldest() -> (key: Key, value: Value)? {
        guard let place = self.oldest, let slot = self.slots[place] else { return nil }
        self.remove(slot.key)
        return (slot.key, slot.value)
    }

    mutating func removeAll(where isUnwanted: (Key) -> Bool) {
        for key in self.places.keys.filter(isUnwanted) { self.remove(key) }
    }

    private mutating func link(_ place: Int, _ key: Key, _ value: Value) {
        self.slots[place] = Slot(key: key, value: value, newer: nil, older: self.newest)
        if let newest = self.newest { self.slots[newest]?.newer = place }
        self.newest = place
        if self.oldest == nil { self.oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        guard let slot = self.slots[place] else { return }
        if let newer = slot.newer { self.slots[newer]?.older = slot.older } else { self.newest = slot.older }
        if let older = slot.older { self.slots[older]?.newer = slot.newer } else { self.oldest = slot.newer }
        self.slots[place] = nil
    }
}
