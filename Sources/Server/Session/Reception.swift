import Gateway

/// Lets a device in: the identity chain, the mail server's word on name and password, the device in the store; and, once
/// it is in, what it may see. The slow part of a session, so it is async.
struct Reception: Sendable {
    let environment: SessionEnvironment
    /// The chain of the listener.
    let chain: IdentityChain

    /// A session that may go on: what its machine is told, and what its shell needs.
    struct Guest: Sendable {
        let admission: Admission
        let lease: any MailboxLease
        /// Nil when nobody knows which device it is.
        let place: Presence.Place?
    }

    /// What goes upstream, and who asks for it.
    private struct Passport {
        /// The account's own login.
        let name: LoginName
        let secret: LoginSecret
        /// Strongest first; empty when nothing tells which device it is.
        let identifiers: [Identifier]
        /// Known before the mail server was asked: by a credential.
        let device: Device?
    }

    func login(_ request: LoginRequest, arrival: Arrival) async -> Result<Guest, LoginRefusal> {
        do throws(LoginRefusal) {
            let passport = try await self.passport(request, arrival)
            let login = UpstreamLogin(
                name: passport.name.octets,
                secret: passport.secret,
                isOperators: passport.device != nil,
                session: arrival.session
            )
            let opened =
                if login.isOperators {
                    try await self.openWithOwnSecret(login)
                } else {
                    try await self.open(login)
                }
            do throws(LoginRefusal) {
                let speaker = try await self.speaker(passport, account: opened.account)
                let settings = self.settings(of: speaker, account: passport.name)
                let place = try self.place(for: speaker, settings, arrival)
                let lease = await self.environment.adoption?.lease(opened, login: login) ?? opened.lease
                let admission = Admission(
                    account: passport.name.display,
                    speaker: speaker,
                    settings: settings,
                    ownUniqueIDs: self.ownUniqueIDs(of: speaker, account: passport.name),
                    transcript: opened.transcript
                )
                return .success(Guest(admission: admission, lease: lease, place: place))
            } catch {
                opened.lease.takeBack(opened.transcript)
                opened.lease.release()
                throw error
            }
        } catch {
            return .failure(error)
        }
    }

    private func passport(_ request: LoginRequest, _ arrival: Arrival) async throws(LoginRefusal) -> Passport {
        if let own = try await self.ownCredential(request) { return own }
        let accounts = self.environment.accounts
        let identity = self.chain.resolve(login: request.name, arrival: arrival, accounts: accounts)
        guard identity.name.isWellFormed else { throw .malformed }
        guard let name = accounts.login(for: identity.name) else { throw .unknownAccount }
        guard !identity.identifiers.isEmpty || self.environment.unidentified != .reject else {
            throw .noDeviceName
        }
        return Passport(name: name, secret: request.secret, identifiers: identity.identifiers, device: nil)
    }

    /// A device with a name and a password of its own. Its password never goes upstream, also when it is wrong.
    private func ownCredential(_ request: LoginRequest) async throws(LoginRefusal) -> Passport? {
        guard self.chain.kinds.contains(.credential), case .password(let password) = request.secret else { return nil }
        let name = LoginName(request.name)
        let credential: DeviceCredential?
        do throws(StoreFailure) {
            credential = try await self.environment.store.credential(name.normalised)
        } catch {
            throw .store(error)
        }
        guard let credential else { return nil }
        guard credential.accepts(password) else {
            throw .upstream(.credentials(answeredLocally: true), transcript: [])
        }
        let login = LoginName(credential.login)
        guard let account = self.environment.accounts.login(for: login) else { throw .unknownAccount }
        return Passport(
            name: account,
            secret: try await self.ownSecret(of: account),
            identifiers: [Identifier(kind: .credential, value: name.normalised)],
            device: credential.device
        )
    }

    func open(_ login: UpstreamLogin) async throws(LoginRefusal) -> OpenedMailbox {
        do throws(UpstreamRefusal) {
            return try await self.environment.mailboxes.open(login)
        } catch {
            throw .upstream(error.failure, transcript: error.transcript)
        }
    }

    /// The first identifier that a device is known by, or may be made of. Where registration is closed, an unknown tag or
    /// server name is refused; what a PC cannot help showing (its MAC, its address) just tells nothing then.
    private func speaker(_ passport: Passport, account: AccountID) async throws(LoginRefusal) -> Speaker {
        for identifier in passport.identifiers {
            if let device = passport.device { return .device(device, by: identifier) }
            // A tag and a server name are the device's name, for which an exception may be configured.
            let registration = self.environment.policies.settings(
                account: passport.name.normalised,
                device: identifier.value
            ).registration
            let found: Device?
            do throws(StoreFailure) {
                found = try await self.environment.store.device(
                    account,
                    identifier: identifier,
                    mayMake: registration != .closed
                )
            } catch {
                throw .store(error)
            }
            if let found { return .device(found, by: identifier) }
            if [.tag, .name].contains(identifier.kind) { throw .unknownDevice }
        }
        guard self.environment.unidentified != .reject else { throw .noDeviceName }
        return .unidentified(self.environment.unidentified)
    }

    private func place(
        for speaker: Speaker,
        _ settings: DeviceSettings,
        _ arrival: Arrival
    ) throws(LoginRefusal) -> Presence.Place? {
        guard case .device(let device, let identifier) = speaker else { return nil }
        let place = self.environment.presence.enter(
            device.id,
            by: identifier,
            from: Machine(arrival),
            isSingle: settings.isSingleSession ?? false
        )
        guard let place else { throw .deviceInUse }
        return place
    }

    private func settings(of speaker: Speaker, account: LoginName) -> DeviceSettings {
        switch speaker {
        case .device(let device, by: _):
            self.environment.policies.settings(account: account.normalised, device: device.name)
        case .unidentified: self.environment.policies.settings(account: account.normalised)
        }
    }

    private func ownUniqueIDs(of speaker: Speaker, account: LoginName) -> UniqueIDFormat? {
        guard case .device(let device, by: _) = speaker else { return nil }
        return self.environment.policies.ownUniqueIDs(account: account.normalised, device: device.name)
    }

    /// The maildrop of the guest: what was listed, without what the device does not see.
    func maildrop(
        _ listed: ListedMailbox,
        admission: Admission,
        arrival: Arrival
    ) async -> Result<OpenedMaildrop, UpstreamFailure> {
        do throws(StoreFailure) {
            var view = DeviceView.everything
            var withheld = NumberRanges()
            var notice: DeviceNotice?
            switch admission.speaker {
            case .device(let device, _):
                let terms = self.terms(admission)
                view = try await self.environment.store.view(device.id, of: listed.mailbox, terms)
                if admission.settings.notice == .mailbox {
                    let subject = AlertSubject(device: device, account: admission.account, session: arrival.session)
                    notice = try await self.environment.notices?.notice(for: device, subject)
                }
            case .unidentified(.once):
                withheld = try await self.environment.store.withheld(listed.mailbox, from: arrival.source.address)
            case .unidentified(.keep), .unidentified(.reject): break
            }
            let maildrop = Maildrop(
                mailbox: listed.mailbox,
                snapshot: listed.snapshot,
                view: view,
                withheld: withheld,
                notice: notice
            )
            return .success(OpenedMaildrop(maildrop: maildrop, transcript: listed.transcript))
        } catch {
            return .failure(.unavailable(reason: "store: \(error)"))
        }
    }

    private func terms(_ admission: Admission) -> ViewTerms {
        let settings = admission.settings
        let window = settings.windowDays.flatMap { $0 > 0 ? self.environment.midnight($0) : nil }
        let first: ViewTerms.FirstSees =
            switch settings.newDevice ?? .everything {
            case .everything: .everything
            case .fromNow: .nothing
            case .days(let days): .since(self.environment.midnight(days))
            }
        return ViewTerms(firstSees: first, windowBegins: window, uniqueIDs: admission.ownUniqueIDs)
    }
}
