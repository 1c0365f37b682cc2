import Report

import enum Gateway.IPAddress
import enum Gateway.IdentifierKind
import struct Gateway.Network

extension ConfigurationAssembly {
    mutating func listeners() -> [Configuration.Listener] {
        let listeners = (0..<self.settings.count(of: "listeners")).compactMap { self.listener($0) }
        self.checkAddresses(listeners)
        self.checkNames(listeners)
        return listeners
    }

    private mutating func listener(_ index: Int) -> Configuration.Listener? {
        let path = "listeners[\(index)]"
        let isImplicit = self.settings.text("\(path).tls") != "starttls"
        let isLegacy = self.settings.text("\(path).profile") == "legacy"
        let port = self.settings.integer("\(path).port") ?? (isImplicit ? 995 : 110)
        let allowed = (self.settings.texts("\(path).allowed-from") ?? []).compactMap(Network.init)
        let plaintext = (self.settings.texts("\(path).plaintext.allowed-from") ?? []).compactMap(Network.init)
        if isLegacy, allowed.isEmpty, !self.rejected.contains("\(path).allowed-from") {
            self.problem(
                "\(path).profile",
                Phrase("old TLS is open to everybody here", "古い TLS が誰にでも開かれています"),
                hint: Phrase(
                    "add 'allowed-from: [NETWORK]' to this listener",
                    "このリスナーに 'allowed-from: [ネットワーク]' を加えてください"
                )
            )
        }
        if isImplicit, !plaintext.isEmpty {
            self.problem(
                "\(path).plaintext.allowed-from",
                Phrase("'plaintext' cannot stand beside implicit TLS", "implicit TLS の口に 'plaintext' は書けません"),
                hint: Phrase("write 'tls: starttls' for this listener", "このリスナーを 'tls: starttls' にしてください")
            )
        }
        let certificates = self.certificates(path)
        let identification = self.identification("\(path).identify") ?? self.identification("identify") ?? []
        self.checkUse(of: "\(path).device", as: .name, in: identification)
        self.checkUse(of: "\(path).client-ca", as: .certificate, in: identification)
        guard let address = self.settings.text("\(path).address").flatMap(IPAddress.init) else { return nil }
        return Configuration.Listener(
            name: self.settings.text("\(path).name") ?? "\(isImplicit ? "implicit" : "starttls")-\(port)",
            address: address,
            port: port,
            isImplicitTLS: isImplicit,
            isLegacy: isLegacy,
            isStrictALPN: self.settings.text("\(path).alpn") != "lenient",
            allowedFrom: allowed,
            plaintextFrom: plaintext,
            certificates: certificates,
            clientAuthority: self.settings.text("\(path).client-ca"),
            givenDevice: self.settings.text("\(path).device")?.lowercased(),
            identification: identification
        )
    }

    /// What `identify` leaves out would be written in vain.
    private mutating func checkUse(of path: String, as kind: IdentifierKind, in identification: [IdentifierKind]) {
        guard self.settings[path] != nil, !identification.contains(kind), !self.rejected.contains("identify") else {
            return
        }
        self.problem(
            path,
            Phrase(
                "'identify' leaves '\(kind.rawValue)' out, so this does not count",
                "'identify' に '\(kind.rawValue)' がないため、効果がありません"
            ),
            hint: Phrase("add '\(kind.rawValue)' to 'identify'", "'identify' に '\(kind.rawValue)' を加えてください")
        )
    }

    mutating func certificates(_ path: String) -> [Configuration.CertificateFiles] {
        let certificates = self.settings.texts("\(path).certificate") ?? []
        let keys = self.settings.texts("\(path).key") ?? []
        guard certificates.count == keys.count else {
            // A file that cannot be read has been told of already.
            guard self.rejected.isDisjoint(with: ["\(path).certificate", "\(path).key"]) else { return [] }
            self.problem(
                certificates.isEmpty ? "\(path).key" : "\(path).certificate",
                Phrase("'certificate' and 'key' do not go together", "'certificate' と 'key' の数が合いません"),
                hint: Phrase("give as many keys as certificates, in the same order", "証明書と同じ数の鍵を、同じ順に書いてください")
            )
            return []
        }
        let place = self.settings.place("\(path).certificate") ?? .flag("certificate")
        return zip(certificates, keys).map {
            Configuration.CertificateFiles(certificate: $0, key: $1, place: place)
        }
    }

    private mutating func checkAddresses(_ listeners: [Configuration.Listener]) {
        var seen: [String: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            let path = "listeners[\(index)]"
            guard self.rejected.isDisjoint(with: [path, "\(path).address", "\(path).port", "\(path).tls"]) else {
                continue
            }
            let socket = "\(listener.address) \(listener.port)"
            guard let first = seen.updateValue(index, forKey: socket) else { continue }
            let place = self.settings.place("listeners[\(index)].port") != nil ? "port" : "address"
            self.problem(
                "listeners[\(index)].\(place)",
                Phrase(
                    "listeners \(first + 1) and \(index + 1) have the same address and port",
                    "\(first + 1) 番目と \(index + 1) 番目のリスナーのアドレスとポートが同じです"
                ),
                hint: Phrase("give one of them another port", "どちらかのポートを変えてください")
            )
        }
    }

    /// The record and the certificates know a listener by its name.
    private mutating func checkNames(_ listeners: [Configuration.Listener]) {
        var seen: [String: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            let path = "listeners[\(index)].name"
            guard let first = seen.updateValue(index, forKey: listener.name), self.settings[path] != nil else {
                continue
            }
            self.problem(
                path,
                Phrase(
                    "listeners \(first + 1) and \(index + 1) have the same name",
                    "\(first + 1) 番目と \(index + 1) 番目のリスナーの名前が同じです"
                ),
                hint: Phrase("give one of them another name", "どちらかの名前を変えてください")
            )
        }
    }
}
