import { startStandInErp } from '../demo/stand-in-erp.ts';
import { readSettings } from '../settings.ts';

/** `busbar demo-erp`: play the demo utility's ERP: print the webhooks it gets, serve its archive. */
export async function demoErp(): Promise<void> {
  const { demoErpUrl } = readSettings(process.env);
  const port = Number(new URL(demoErpUrl).port);
  const erp = await startStandInErp(port, ({ path, headers, body }) => {
    console.log(
      `\nPOST ${path}\nwebhook-id: ${headers['webhook-id']}\n${JSON.stringify(JSON.parse(body), null, 2)}`,
    );
  });
  console.log(`The stand-in ERP listens on ${erp.url}; stop it with Ctrl-C`);
  process.once('SIGINT', () => void erp.close());
  process.once('SIGTERM', () => void erp.close());
}
