import ArgumentParser
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the gateway.")

    @OptionGroup var common: CommonOptions
    @Option(name: .long, help: "The mail server: imaps://mail.example.com; with it no file is needed.")
    var upstream: String?
    @Option(name: .long, help: "A file with the CA that the mail server's certificate is checked against.")
    var upstreamCa: String?
    @Option(name: .long, help: "An address to listen on, ports 1110 and 1995 (default: 127.0.0.1). May be given again.")
    var listen: [String] = []
    @Option(name: .long, help: "Where the review page is: ADDRESS:PORT, or off (default: 127.0.0.1:8995).")
    var review: String?

    func run() async throws {
        var options = self.common.serveOptions
        options.upstream = self.upstream
        options.upstreamCA = self.upstreamCa
        options.listen = self.listen
        options.review = self.review
        let chosen = options
        try await Failure.telling(self.common.spoken) {
            try await Serve.run(chosen, in: .ofThisProcess) { Output.say($0) }
        }
    }
}
