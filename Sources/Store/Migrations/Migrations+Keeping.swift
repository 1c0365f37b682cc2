extension Migrations {
    // A segment is a stretch of old records that were dropped: what stays are the hashes of the tree's right edge behind its
    // last record, from which every later root follows. It ends at a checkpoint, and that one stays. Nothing is deleted
    // but what lies in a segment.
    static let keeping = """
        CREATE TABLE segment (
          number INTEGER PRIMARY KEY,
          first INTEGER NOT NULL CHECK (first > 0), last INTEGER NOT NULL CHECK (last >= first),
          edge BLOB NOT NULL CHECK (length(edge) > 0 AND length(edge) % 32 = 0)
        ) STRICT;
        CREATE TRIGGER segmentIsNeverChanged BEFORE UPDATE ON segment
          BEGIN SELECT RAISE(ABORT, 'segments are never changed'); END;
        CREATE TRIGGER segmentIsNeverDeleted BEFORE DELETE ON segment
          BEGIN SELECT RAISE(ABORT, 'segments are never deleted'); END;
        CREATE TRIGGER segmentIsAppended BEFORE INSERT ON segment
          WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM segment)
            OR NEW.first IS NOT (SELECT coalesce(max(last), 0) + 1 FROM segment)
            OR NOT EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.last)
          BEGIN SELECT RAISE(ABORT, 'segments follow one another, and end at a checkpoint'); END;
        DROP TRIGGER recordIsNeverDeleted;
        CREATE TRIGGER recordIsNeverDeleted BEFORE DELETE ON record
          WHEN OLD.sequence > (SELECT coalesce(max(last), 0) FROM segment)
          BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END;
        DROP TRIGGER checkpointIsNeverDeleted;
        CREATE TRIGGER checkpointIsNeverDeleted BEFORE DELETE ON checkpoint
          WHEN OLD.size >= (SELECT coalesce(max(last), 0) FROM segment)
          BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
        CREATE TABLE hashedDetail (
          mailbox INTEGER NOT NULL, number INTEGER NOT NULL,
          salt BLOB NOT NULL,
          messageID BLOB NOT NULL, sender BLOB NOT NULL, subject BLOB NOT NULL, date BLOB NOT NULL,
          PRIMARY KEY (mailbox, number),
          FOREIGN KEY (mailbox, number) REFERENCES message (mailbox, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX hashedDetailMessageID ON hashedDetail (messageID);
        CREATE INDEX hashedDetailSender ON hashedDetail (sender);
        CREATE INDEX hashedDetailSubject ON hashedDetail (subject);

        """
}
