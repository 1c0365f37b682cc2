import Gateway
import Linux
import NIOCore

// Tells the machine, with what it reads, whether the device has all that was written before
// (`commit-on-disconnect: confirmed`).
extension SessionHandler {
    /// Called before octets are taken that were read. With commands of an earlier read still waiting, the new ones count
    /// to that read.
    func inputBegins() {
        guard self.machine.asksForAcknowledgement, !self.hasInputWaiting else { return }
        self.machine.inputBegan(isAcknowledged: self.isAcknowledged())
    }

    private func isAcknowledged() -> Bool {
        guard self.output.unwritten == 0, self.output.unflushed == 0, !self.output.bodyFailed,
            let queues = self.socketQueues
        else { return false }
        if self.output.wasOvertaken {
            self.output.wasOvertaken = queues.unread > 0
            return false
        }
        return queues.unacknowledged == 0
    }

    /// Called before anything is given to the kernel, and before reading goes on that was held back. What stands unread
    /// there now was sent before the device could have what is written next, though all may be acknowledged when it is read.
    /// What comes while a write waits for room is read at once, or was held back.
    func lookForCrossing() {
        guard self.machine.asksForAcknowledgement, !self.output.wasOvertaken else { return }
        self.output.wasOvertaken = self.socketQueues.map { $0.unread > 0 } ?? true
    }

    /// Nil where there is no socket (any more): then nothing is taken for acknowledged.
    private var socketQueues: SocketQueues? {
        guard let pipeline = self.context?.pipeline.syncOperations else { return nil }
        let queues = try? pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            try SocketQueues(of: descriptor)
        }
        return queues ?? nil
    }
}
