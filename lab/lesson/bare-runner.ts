// The process that lab/lesson/bare-process.ts starts: calls one function and sends what it returns.
const { module, name, args } = JSON.parse(process.argv[2] as string);
const job = (await import(module))[name] as (args: unknown) => unknown;
const result = await job(args);
process.send?.({ result }, () => process.disconnect());
