import Report

extension ConfigurationReader {
    /// The flags of the command line, over what the file said.
    mutating func apply(_ options: ServeOptions, in surroundings: Surroundings) {
        self.apply(options.upstream, "upstream.url", .upstream, flag: "--upstream")
        self.apply(options.state, "state", .folder, flag: "--state")
        self.apply(
            options.language?.rawValue,
            "language",
            .choice(Language.allCases.map(\.rawValue)),
            flag: "--language"
        )
        self.apply(options.review, "review.listen", .form(.reviewPlace), flag: "--review")
        if let file = options.upstreamCA {
            if let obstacle = surroundings.files.obstacle(file) {
                let what = Phrase("the CA file cannot be read", "CA ファイルを読めません")
                self.add(ConfigurationProblem(.flag("--upstream-ca"), what, hint: obstacle))
            } else {
                self.set("upstream.ca", .text(file), flag: "--upstream-ca")
            }
        }
        if !options.listen.isEmpty || self.settings.count(of: "listeners") == 0 { self.applyListeners(options.listen) }
    }

    /// Two listeners an address: STLS and implicit TLS.
    private mutating func applyListeners(_ addresses: [String]) {
        self.dropListeners()
        var count = 0
        for address in addresses.isEmpty ? ["127.0.0.1"] : addresses {
            for (tls, port) in [("starttls", Configuration.ports.startTLS), ("implicit", Configuration.ports.implicit)]
            {
                let path = "listeners[\(count)]"
                if addresses.isEmpty {
                    self.setStandard("\(path).address", .text(address))
                } else {
                    self.apply(address, "\(path).address", .address, flag: "--listen", isRepeat: tls == "implicit")
                }
                self.setStandard("\(path).port", .integer(port))
                self.setStandard("\(path).tls", .text(tls))
                count += 1
            }
        }
        self.setListeners(count)
    }

    private mutating func apply(
        _ text: String?,
        _ path: String,
        _ kind: ConfigurationKey.Kind,
        flag: String,
        isRepeat: Bool = false
    ) {
        guard let text else { return }
        switch kind.understand(text) {
        case .success(let value):
            self.set(path, value, flag: flag)
        case .failure where isRepeat:
            self.reject(path)
        case .failure:
            self.reject(path)
            self.add(
                ConfigurationProblem(
                    .flag(flag),
                    Phrase("this value is not accepted", "値が正しくありません"),
                    hint: Phrase(
                        "write \(kind.accepted.english)",
                        "\(kind.accepted.japanese)を書いてください"
                    )
                )
            )
        }
    }
}
