extension Migrations {
    // What is searched is made from the bytes that are hashed, as in `record` above. `class` is what many records have in
    // common: device, its name, action, outcome, effect, how it was identified, and its account where it is a device's
    // (others may say any account, and many do). A record has a few thousand of them, each a run of `recordClass` in order
    // of sequence, with what else is asked beside it. `messageKey` is the one message that a record speaks of. The index of
    // days finds where a time begins in the record, of which the other times need not be in order. `messageText` and
    // `messageWord` hold no more than `detail` does, and nothing that `detail` does not.
    static let reading = """
        ALTER TABLE record ADD COLUMN content TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
          CAST(body AS TEXT) END) VIRTUAL;
        ALTER TABLE record ADD COLUMN done TEXT AS (json_extract(content, '$.leavecopy.done')) VIRTUAL;
        ALTER TABLE record ADD COLUMN rows TEXT AS (json_extract(content, '$.leavecopy.rows')) VIRTUAL;
        ALTER TABLE record ADD COLUMN mailbox INTEGER AS (coalesce(
          json_extract(content, '$.leavecopy.message.mailbox'), json_extract(content, '$.leavecopy.mailbox'))) VIRTUAL;
        ALTER TABLE record ADD COLUMN messageKey INTEGER AS (CASE
          WHEN mailbox NOT BETWEEN 1 AND 2147483647 THEN NULL
          WHEN message BETWEEN 0 AND 4294967295 THEN mailbox << 32 | message
          WHEN message IS NULL AND length(rows) BETWEEN 1 AND 10 AND rows NOT GLOB '*[^0-9]*'
            AND CAST(rows AS INTEGER) <= 4294967295 THEN mailbox << 32 | CAST(rows AS INTEGER) END) VIRTUAL;
        ALTER TABLE record ADD COLUMN effect TEXT AS (CASE
          WHEN done = 'nothing' OR done GLOB '*, nothing hidden' THEN 'nothing'
          WHEN action = 'vanished' AND done GLOB 'nothing*' THEN 'nothing'
          WHEN action = 'dele' AND done GLOB 'marked*' THEN 'marked'
          WHEN action IN ('quit', 'device-add') AND done GLOB 'hidden*' THEN 'hidden'
          WHEN action = 'session-end' AND done GLOB 'line lost: hidden from *' THEN 'hidden'
          WHEN action IN ('retr', 'top') AND done GLOB 'served *, whole' THEN 'whole'
          WHEN action IN ('retr', 'top') AND done GLOB 'served *' THEN 'served'
          WHEN action IN ('retr', 'top') AND (done = 'begun' OR done GLOB 'cut *') THEN 'unfinished'
          WHEN action IS NOT NULL THEN 'other' END) VIRTUAL;
        ALTER TABLE record ADD COLUMN identifiedBy TEXT AS (coalesce(
          json_extract(content, '$.leavecopy.device.identified_by.kind'),
          CASE WHEN json_extract(content, '$.leavecopy.unidentified') IS NOT NULL THEN 'nobody' END)) VIRTUAL;
        ALTER TABLE record ADD COLUMN day TEXT AS (substr(time, 1, 10)) VIRTUAL;
        ALTER TABLE record ADD COLUMN class TEXT AS (coalesce(device, 0) || char(31) || coalesce(deviceName, '') || char(31)
          || coalesce(action, '') || char(31) || coalesce(outcome, '') || char(31) || coalesce(effect, '') || char(31)
          || coalesce(identifiedBy, '') || char(31) || CASE WHEN device IS NULL THEN '' ELSE coalesce(account, '') END) VIRTUAL;
        DROP INDEX recordTime;
        DROP INDEX recordDevice;
        DROP INDEX recordDeviceName;
        CREATE INDEX recordClass ON record (class, sequence, time, account, ip, messageKey);
        CREATE INDEX recordDay ON record (day) WHERE day IS NOT NULL;
        CREATE INDEX recordAddress ON record (ip) WHERE ip IS NOT NULL;
        CREATE INDEX recordMessage ON record (messageKey) WHERE messageKey IS NOT NULL;
        CREATE INDEX recordRows ON record (mailbox)
          WHERE rows IS NOT NULL AND messageKey IS NULL AND action NOT IN ('quit', 'session-end');
        CREATE TABLE messageText (key INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
        CREATE VIRTUAL TABLE messageWord USING fts5 (words, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
        CREATE VIEW messageWords AS
          SELECT key, (WITH RECURSIVE place (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < length(text))
            SELECT group_concat(CASE WHEN at < length(text) THEN substr(text, at, 2) || ' ' ELSE '' END
              || substr(text, at, 1), ' ') FROM place) AS words
          FROM messageText;
        CREATE TRIGGER messageTextIsErased AFTER DELETE ON detail
          BEGIN
            INSERT INTO messageWord (messageWord, rowid, words)
              SELECT 'delete', key, words FROM messageWords WHERE key = OLD.mailbox << 32 | OLD.number;
            DELETE FROM messageText WHERE key = OLD.mailbox << 32 | OLD.number;
          END;
        CREATE TRIGGER detailIsNeverChanged BEFORE UPDATE ON detail
          BEGIN SELECT RAISE(ABORT, 'details are kept, or deleted'); END;

        """
}
