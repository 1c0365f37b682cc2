extension Migrations {
    // `changes` counts what has changed of a mailbox's listing, by whomever: a listing that is kept in memory is current while
    // its count is this one. New messages are counted by who adds them, once for all.
    //
    // A trigger before an insertion would make every generated column of a record twice, a fifth of what it costs to write
    // one. What was written before cannot be replaced either: the tree counts it.
    //
    // `waitingText` are texts whose words are not in `messageWord` yet: of these there is nothing to take out of it.
    static let changes = """
        ALTER TABLE mailbox ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
        CREATE TRIGGER listingIsChanged AFTER UPDATE OF validity, messages, uidNext ON mailbox
          WHEN NEW.validity IS NOT OLD.validity OR NEW.messages IS NOT OLD.messages OR NEW.uidNext IS NOT OLD.uidNext
          BEGIN UPDATE mailbox SET changes = changes + 1 WHERE id = NEW.id; END;
        CREATE TRIGGER messageIsChanged AFTER UPDATE OF number, uidValidity, uid, uidl, size, gone ON message
          WHEN NEW.number IS NOT OLD.number OR NEW.uidValidity IS NOT OLD.uidValidity OR NEW.uid IS NOT OLD.uid
            OR NEW.uidl IS NOT OLD.uidl OR NEW.size IS NOT OLD.size OR NEW.gone IS NOT OLD.gone
          BEGIN UPDATE mailbox SET changes = changes + 1 WHERE id = NEW.mailbox; END;
        CREATE TRIGGER mailboxIsDoubted AFTER INSERT ON doubt
          BEGIN UPDATE mailbox SET changes = changes + 1 WHERE id = NEW.mailbox; END;
        CREATE TRIGGER mailboxIsTrusted AFTER DELETE ON doubt
          BEGIN UPDATE mailbox SET changes = changes + 1 WHERE id = OLD.mailbox; END;
        CREATE TRIGGER messagesAreMissing AFTER INSERT ON missing
          BEGIN UPDATE mailbox SET changes = changes + 1 WHERE id = NEW.mailbox; END;
        CREATE TRIGGER messagesAreFound AFTER DELETE ON missing
          BEGIN UPDATE mailbox SET changes = changes + 1 WHERE id = OLD.mailbox; END;
        DROP TRIGGER recordIsAppended;
        CREATE TRIGGER recordIsAppended AFTER INSERT ON record
          WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM record WHERE sequence <> NEW.sequence)
            OR NEW.sequence <= (SELECT size FROM tree WHERE id = 1)
          BEGIN SELECT RAISE(ABORT, 'records are only appended, one after the other'); END;
        CREATE TABLE waitingText (key INTEGER PRIMARY KEY) STRICT;
        DROP TRIGGER messageTextIsErased;
        CREATE TRIGGER messageTextIsErased AFTER DELETE ON detail
          BEGIN
            INSERT INTO messageWord (messageWord, rowid, words)
              SELECT 'delete', key, words FROM messageWords WHERE key = OLD.mailbox << 32 | OLD.number
                AND key NOT IN (SELECT key FROM waitingText);
            DELETE FROM waitingText WHERE key = OLD.mailbox << 32 | OLD.number;
            DELETE FROM messageText WHERE key = OLD.mailbox << 32 | OLD.number;
          END;

        """
}
