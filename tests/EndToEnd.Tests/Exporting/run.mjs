// Runs ONNX files in onnxruntime-web. Beside each NAME.onnx lie its input, NAME.in.json with its extents and NAME.in with its float32 elements;
// the output is written as NAME.out.json and NAME.out. What goes wrong with one file is written as NAME.error, and the others go on.
import fs from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const folder = process.argv[2];
for (const file of fs.readdirSync(folder).filter(file => file.endsWith('.onnx')).sort()) {
  const at = suffix => path.join(folder, file.replace(/\.onnx$/, suffix));
  try {
    const session = await ort.InferenceSession.create(fs.readFileSync(at('.onnx')), { executionProviders: ['wasm'] });
    const bytes = fs.readFileSync(at('.in'));
    const elements = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const { scores } = await session.run({ features: new ort.Tensor('float32', elements, JSON.parse(fs.readFileSync(at('.in.json')))) });
    fs.writeFileSync(at('.out.json'), JSON.stringify(scores.dims));
    fs.writeFileSync(at('.out'), Buffer.from(scores.data.buffer, scores.data.byteOffset, scores.data.byteLength));
    await session.release();
  } catch (error) {
    fs.writeFileSync(at('.error'), `${error?.message ?? error}`);
  }
}
