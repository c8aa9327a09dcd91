// What a real client is told of calls that are refused, a line of JSON for each: node refusals.mjs HOST:PORT control.proto TOKEN
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, proto, token] = process.argv.slice(2);
const definition = loader.loadSync(proto, { keepCase: true, longs: Number, enums: String, oneofs: true });
const { Control } = grpc.loadPackageDefinition(definition).distributed.control.v1;
const connect = options => new Control(address, grpc.credentials.createInsecure(), options);

async function refused(what, client, method, request, { shown = token, deadline } = {}) {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${shown}`);
  const error = await new Promise(resolve => client[method](request, metadata, { deadline }, error => resolve(error)));
  console.log(JSON.stringify({ what, code: error?.code ?? 0, details: error?.details ?? '' }));
}

const plain = connect({});
await refused('token', plain, 'Status', {}, { shown: 'another' });
await refused('compressed', connect({ 'grpc.default_compression_algorithm': 2 }), 'Stop', { reason: 'x'.repeat(100) });
await refused('long', plain, 'Stop', { reason: 'x'.repeat(100_000) });
await refused('reason', plain, 'Stop', { reason: 'x'.repeat(201) });
await refused('rate', plain, 'SetLearningRate', { rate: NaN });
const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${token}`);
const fast = await new Promise(resolve => plain.Watch({ interval_ms: 49 }, metadata).on('data', () => {}).on('error', resolve));
console.log(JSON.stringify({ what: 'interval', code: fast.code, details: fast.details }));
await refused('checkpoint', plain, 'Checkpoint', {});
await refused('rate of a run that waits for workers', plain, 'SetLearningRate', { rate: 0.25 });
const unknown = grpc.makeGenericClientConstructor({
  Nothing: {
    path: '/distributed.control.v1.Control/Nothing', requestStream: false, responseStream: false,
    requestSerialize: () => Buffer.alloc(0), responseDeserialize: bytes => bytes,
  },
}, 'Nothing');
await refused('unknown', new unknown(address, grpc.credentials.createInsecure()), 'Nothing', {});
process.exit(0);
