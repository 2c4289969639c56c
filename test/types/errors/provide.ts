import { fn, key, provided } from 'tinyllm'

type Database = { find(id: string): number }
const db = key<Database>('db')
const find = fn({ name: 'find', run: (id: string, ctx) => ctx.get(db).find(id) })

// wrong: a value of another type
db.with('postgres://…')

// wrong: a value in another form than the function that reads it expects
fn({ name: 'a', run: (id: string, ctx) => ctx.get(db).search(id) })

// wrong: what is no key
fn({ name: 'b', run: (_: string, ctx) => ctx.get('db') })

// wrong: a value without its key
find.run('1', { provide: [{ find: () => 1 }] })

// wrong: a key without its value
find.run('1', { provide: [db] })

// wrong: one value that is no list
find.run('1', { provide: db.with({ find: () => 1 }) })

// wrong: a function instead of its machine
provided(find, [db.with({ find: () => 1 })])

// wrong: a key of a wider type as one of a narrower type
const named: typeof db = key<{ find(id: string): number | undefined }>('db')
