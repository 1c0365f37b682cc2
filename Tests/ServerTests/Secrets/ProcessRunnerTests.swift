import Foundation
import Linux
import Server
import Testing

@Suite("Commands that print secrets")
struct ProcessRunnerTests {
    private static let surroundings = ["PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "SECRET": "x"]

    private func run(_ arguments: String..., limit: Duration = .seconds(30)) async -> CommandOutcome {
        await ProcessRunner(limit: limit, surroundings: Self.surroundings).run(arguments)
    }

    private func python(_ script: String, limit: Duration = .seconds(30)) async -> CommandOutcome {
        await self.run("python3", "-c", script, limit: limit)
    }

    @Test("give what they print, by a path or by a name in PATH; their arguments pass no shell")
    func output() async {
        #expect(await self.run("/bin/echo", "$HOME; `id`  *") == .printed(Secret(Array("$HOME; `id`  *\n".utf8))))
        #expect(await self.run("echo", "token") == .printed(Secret(Array("token\n".utf8))))
        #expect(await self.run("true") == .printed(Secret([])))
    }

    @Test("have little around them: three variables, nothing to read, a process group, no files of ours")
    func surroundings() async {
        let script = """
            import os, sys
            os.stat("/proc/self/fd")
            files = [f for f in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + f) and int(f) > 2]
            names = sorted(n for n in os.environ if n != "LC_CTYPE")
            print(names, repr(sys.stdin.read()), os.getpgrp() == os.getpid(), files)
            """
        let expected = "['HOME', 'LANG', 'PATH'] '' True []\n"
        #expect(await self.python(script) == .printed(Secret(Array(expected.utf8))))
    }

    @Test("read what they are given to its end, and have variables of their own beside")
    func input() async {
        let runner = ProcessRunner(surroundings: Self.surroundings)
        let words = Array(repeating: UInt8(ascii: "x"), count: 200_000)
        let script = "import os, sys; print(len(sys.stdin.read()), os.environ['LEAVECOPY_A'])"
        let outcome = await runner.run(["python3", "-c", script], input: words, variables: ["LEAVECOPY_A": "b"])
        #expect(outcome == .printed(Secret(Array("200000 b\n".utf8))))
    }

    @Test("need not read what they are given")
    func unread() async {
        let runner = ProcessRunner(surroundings: Self.surroundings)
        let words = Array(repeating: UInt8(ascii: "x"), count: 200_000)
        #expect(await runner.run(["true"], input: words, variables: [:]) == .printed(Secret([])))
        #expect(await runner.run(["false"], input: words, variables: [:]) == .failed("exit status 1"))
    }

    @Test("fail by their status or signal, or when they are not there")
    func failures() async {
        #expect(await self.run("/bin/false") == .failed("exit status 1"))
        #expect(await self.python("print('x'); exit(78)") == .failed("exit status 78"))
        #expect(await self.python("import os; os.kill(os.getpid(), 9)") == .failed("signal 9"))
        #expect(await self.run("/nowhere/token") == .notStarted)
        #expect(await self.run("no-such-command-anywhere") == .notStarted)
        #expect(await self.run("/etc/passwd") == .notStarted)
        #expect(await ProcessRunner(surroundings: [:]).run([]) == .notStarted)
    }

    @Test("are bounded in what they print, and their standard error may be as long as it likes")
    func bounds() async {
        let whole = Secret(Array(repeating: UInt8(ascii: "x"), count: ProcessRunner.maximumOctets))
        #expect(await self.python("print('x' * 16384, end='')") == .printed(whole))
        #expect(await self.python("print('x' * 16385, end='')") == .printedTooMuch)
        #expect(await self.python("while True: print('x' * 100000)") == .printedTooMuch)
        #expect(await self.python("import sys; sys.stderr.write('x' * 1000000)") == .printed(Secret([])))
    }

    @Test("are killed with their children when their time is over")
    func timeOut() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "runner-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let script = """
            import os, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = os.fork()
            if child:
                open("\(file.path)", "w").write(str(child))
                print("token", flush=True)
            time.sleep(100)
            """
        #expect(await self.python(script, limit: .seconds(2)) == .timedOut)
        let child = try #require(Int32(String(decoding: try Data(contentsOf: file), as: UTF8.self)))
        let end = ContinuousClock.now + .seconds(20)
        while Self.isRunning(child), ContinuousClock.now < end { await Task.yield() }
        #expect(!Self.isRunning(child))
    }

    /// A process that is dead and not yet reaped by its new parent has no memory any more.
    private static func isRunning(_ process: Int32) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return status?.contains("VmSize") == true
    }

    @Test("need not wait for what they leave running")
    func leftBehind() async {
        let script = """
            import os, time
            if os.fork() == 0:
                time.sleep(90)
                os._exit(0)
            print("token", flush=True)
            """
        // Who waited for it would have been killed first, as one that takes too long.
        #expect(await self.python(script) == .printed(Secret(Array("token\n".utf8))))
    }
}
