import Gateway
import Report

extension ConfigurationAssembly {
    /// Nil where there is no page.
    mutating func review(_ listeners: [Configuration.Listener]) -> Configuration.Review? {
        let path = "review"
        let certificates = self.certificates(path)
        guard let place = self.settings.text("\(path).listen").flatMap(ReviewPlace.init) else { return nil }
        let wanted = self.settings.text("\(path).tls")
        let isTLS = wanted.map { $0 == "true" } ?? !place.address.isLoopback
        if !isTLS, !place.address.isLoopback {
            self.problem(
                "\(path).tls",
                Phrase(
                    "the page would go over the network without TLS: tokens and the record could be read on the way",
                    "ページが TLS なしでネットワークに流れ、トークンや記録を途中で読まれます"
                ),
                hint: Phrase(
                    "take 'tls: false' out, or write 'listen: \(Configuration.Review.usualPlace)'",
                    "'tls: false' を削除するか、'listen: \(Configuration.Review.usualPlace)' としてください"
                )
            )
        }
        if !isTLS, !certificates.isEmpty {
            self.problem(
                "\(path).certificate",
                Phrase("a certificate stands here, and the page has no TLS", "証明書がありますが、ページは TLS を使いません"),
                hint: Phrase("write 'tls: true', or take it out", "'tls: true' とするか、削除してください")
            )
        }
        self.checkPort(place, listeners)
        let usual = listeners.first { !$0.certificates.isEmpty }?.certificates ?? []
        return Configuration.Review(
            address: place.address,
            port: place.port,
            isTLS: isTLS,
            certificates: certificates.isEmpty ? usual : certificates,
            names: (self.settings.texts("\(path).names") ?? []).map { $0.lowercased() }
        )
    }

    private mutating func checkPort(_ place: ReviewPlace, _ listeners: [Configuration.Listener]) {
        let same = listeners.firstIndex { $0.port == place.port && $0.address == place.address }
        guard let same, self.settings.place("review.listen") != nil else { return }
        self.problem(
            "review.listen",
            Phrase("listener \(same + 1) has this address and port", "\(same + 1) 番目のリスナーと同じアドレスとポートです"),
            hint: Phrase("give one of them another port", "どちらかのポートを変えてください")
        )
    }
}
