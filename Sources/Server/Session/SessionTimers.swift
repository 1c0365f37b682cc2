import Gateway
import NIOCore

/// A timer of the machine that runs.
struct RunningTimer {
    let task: Scheduled<Void>
    let duration: TimeAmount
    /// When the device last took an octet: autologout counts from there too (P-12).
    var progress: NIODeadline
}

extension SessionHandler {
    /// TLS must stand this soon (S-11).
    private static let handshakeSeconds: Int64 = 15
    /// How long a device that takes nothing is waited for when the session has ended.
    private static let lingerSeconds: Int64 = 10

    func startTimer(_ timer: SessionTimer, seconds: Int) {
        switch timer {
        case .login: self.schedule(timer, in: .seconds(Int64(self.settings.loginSeconds ?? seconds)))
        case .idle:
            // Each command starts it again: one that runs is moved on, not exchanged.
            if self.timers[.idle] != nil { return self.deviceMadeProgress() }
            self.schedule(timer, in: .seconds(Int64(self.settings.idleSeconds ?? seconds)))
        case .listingAtLogin, .listing: self.schedule(timer, in: .seconds(Int64(seconds)))
        case .refusalDelay: self.schedule(timer, in: .milliseconds(self.environment.refusalDelay()))
        }
    }

    /// The device has sent a command, or taken octets.
    func deviceMadeProgress() {
        guard let loop = self.loop else { return }
        self.timers[.idle]?.progress = loop.now
        if self.linger != nil { self.awaitWritten() }
    }

    func cancelTimer(_ timer: SessionTimer) { self.timers.removeValue(forKey: timer)?.task.cancel() }

    private func schedule(_ timer: SessionTimer, in amount: TimeAmount, duration: TimeAmount? = nil) {
        guard let loop = self.loop else { return }
        self.cancelTimer(timer)
        let task = loop.assumeIsolated().scheduleTask(in: amount) { self.fired(timer) }
        self.timers[timer] = RunningTimer(task: task, duration: duration ?? amount, progress: loop.now)
    }

    private func fired(_ timer: SessionTimer) {
        guard let loop = self.loop, let running = self.timers.removeValue(forKey: timer) else { return }
        if timer == .idle {
            let rest = running.progress + running.duration - loop.now
            if rest > .milliseconds(0) {
                self.schedule(timer, in: rest, duration: running.duration)
                self.timers[timer]?.progress = running.progress
                return
            }
        }
        self.perform(self.machine.timerFired(timer))
        self.drive()
    }

    func awaitHandshake() {
        guard let loop = self.loop else { return }
        self.handshake = loop.assumeIsolated().scheduleTask(in: .seconds(Self.handshakeSeconds)) {
            self.perform(self.machine.refusedConnection(reason: "TLS: no handshake within 15 seconds"))
            self.drive()
        }
    }

    /// Closes once all is with the kernel, so that the last reply is not lost; at once when it is.
    func closeOnceWritten() {
        guard self.output.unwritten > 0, !self.isGone else {
            self.context?.close(promise: nil)
            return
        }
        self.awaitWritten()
    }

    func closeIfWritten() {
        guard self.linger != nil, self.output.unwritten == 0 else { return }
        self.endLinger()
    }

    private func awaitWritten() {
        guard let loop = self.loop else { return }
        self.linger?.cancel()
        self.linger = loop.assumeIsolated().scheduleTask(in: .seconds(Self.lingerSeconds)) { self.endLinger() }
    }

    private func endLinger() {
        self.linger?.cancel()
        self.linger = nil
        self.context?.close(promise: nil)
    }
}
