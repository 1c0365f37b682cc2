import NIOCore
import Synchronization

/// A clock that stands until it is told to go.
final class TestClock: Sendable {
    private let time = Mutex(NIODeadline.uptimeNanoseconds(1))

    var now: NIODeadline { self.time.withLock { $0 } }

    func advance(by amount: TimeAmount) {
        self.time.withLock { $0 = $0 + amount }
    }
}
