// Prints the metadata of an ONNX file as JSON. What is read: field 14 of the message (key 1, value 2), by the rules of protobuf's wire alone.
import fs from 'node:fs';

function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    if ((key & 7) === 0) yield [key >> 3, varint()];
    else if ((key & 7) === 2) {
      const length = Number(varint());
      yield [key >> 3, bytes.subarray(at, at += length)];
    } else throw new Error(`wire type ${key & 7} is not looked for here`);
  }
}

const metadata = {};
for (const [number, entry] of fields(fs.readFileSync(process.argv[2]))) {
  if (number !== 14) continue;
  const { 1: key, 2: value } = Object.fromEntries(fields(entry));
  metadata[key.toString('utf8')] = value.toString('utf8');
}
console.log(JSON.stringify(metadata));
