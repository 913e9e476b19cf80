// The few words in which migrations describe columns.
import type { ColumnDefinitionBuilder, Kysely } from 'kysely'

// A migration knows the schema of its own day, not today's.
// biome-ignore lint/suspicious/noExplicitAny: Kysely's own type for migrations.
export type AnyDb = Kysely<any>
export type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

export const required: Column = (column) => column.notNull()
export const primary: Column = (column) => column.notNull().primaryKey()
export const zero: Column = (column) => column.notNull().defaultTo(0)
