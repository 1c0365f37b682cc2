import Gateway
import NIOCore

/// A timer of the machine that runs.
struct RunningTimer {
    let task: Scheduled<Void>
    let duration: TimeAmount
    /// When the device last took an octet: autologout counts from there too (P-12).
    var progress = NIODeadline.now()
}

extension SessionHandler {
    /// TLS must stand this soon (S-11).
    private static let handshakeSeconds: Int64 = 15

    func startTimer(_ timer: SessionTimer, seconds: Int) {
        switch timer {
        case .login: self.schedule(timer, in: .seconds(Int64(self.settings.loginSeconds ?? seconds)))
        case .idle: self.schedule(timer, in: .seconds(Int64(self.settings.idleSeconds ?? seconds)))
        case .listingAtLogin, .listing: self.schedule(timer, in: .seconds(Int64(seconds)))
        case .refusalDelay: self.schedule(timer, in: .milliseconds(self.environment.refusalDelay()))
        }
    }

    func cancelTimer(_ timer: SessionTimer) { self.timers.removeValue(forKey: timer)?.task.cancel() }

    private func schedule(_ timer: SessionTimer, in amount: TimeAmount, duration: TimeAmount? = nil) {
        guard let loop = self.loop else { return }
        self.cancelTimer(timer)
        let task = loop.assumeIsolated().scheduleTask(in: amount) { self.fired(timer) }
        self.timers[timer] = RunningTimer(task: task, duration: duration ?? amount)
    }

    private func fired(_ timer: SessionTimer) {
        guard let running = self.timers.removeValue(forKey: timer) else { return }
        if timer == .idle {
            let rest = running.progress + running.duration - .now()
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
}
