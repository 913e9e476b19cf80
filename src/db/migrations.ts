// Every change of the schema, in order, each in one transaction. A landed migration is never edited.
import type { Migration } from 'kysely/migration'
import { acknowledgement } from './acknowledgement.ts'
import { casework } from './casework.ts'
import { chat } from './chat.ts'
import { composer } from './composer.ts'
import { contactDetail } from './contact-detail.ts'
import { foundation } from './foundation.ts'
import { ladder } from './ladder.ts'
import { letter } from './letter.ts'
import { letterKept } from './letter-kept.ts'
import { mail } from './mail.ts'
import type { Engine } from './open.ts'
import { platform } from './platform.ts'
import { promise } from './promise.ts'
import { search } from './search-table.ts'
import { story } from './story.ts'

/** The migrations for one engine; the two differ in the blob type and in how a trigger is written. */
export function migrations(engine: Engine): Record<string, Migration> {
  return {
    '0001-foundation': { up: (db) => foundation(db, engine) },
    '0002-ladder': { up: ladder },
    '0003-acknowledgement': { up: acknowledgement },
    '0004-mail': { up: mail },
    '0005-chat': { up: chat },
    '0006-search': { up: (db) => search(db, engine) },
    '0007-template': { up: letter },
    '0008-casework': { up: (db) => casework(db, engine) },
    '0009-composer': { up: composer },
    '0010-contact': { up: contactDetail },
    '0011-promise': { up: promise },
    '0012-platform': { up: platform },
    '0013-letter-kept': { up: letterKept },
    '0014-story': { up: story },
  }
}
