// Watches a run, has it write a checkpoint, sets its learning rate, and stops it:
//   node control.mjs HOST:PORT control.proto [TOKEN]
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { promisify } from 'node:util';

const [address, proto, token] = process.argv.slice(2);
const definition = loader.loadSync(proto, { keepCase: true, longs: Number, enums: String, oneofs: true });
const { Control } = grpc.loadPackageDefinition(definition).distributed.control.v1;
const client = new Control(address, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
if (token) metadata.set('authorization', `Bearer ${token}`);

const call = (method, request = {}) => promisify(client[method].bind(client))(request, metadata);
const say = (what, message) => console.log(JSON.stringify({ [what]: message }));

say('status', await call('Status'));
const progress = client.Watch({ interval_ms: 100 }, metadata);
let statuses = 0;
for await (const message of progress) {
  say(message.what, message[message.what]);
  if (message.what === 'status' && message.status.step > 0 && ++statuses === 2) {
    say('workers', (await call('Workers')).workers);
    say('checkpoint', await call('Checkpoint'));
    say('rate', await call('SetLearningRate', { rate: 0.05 }));
    await call('Stop', { reason: 'seen enough' });
  }
}
client.close();
