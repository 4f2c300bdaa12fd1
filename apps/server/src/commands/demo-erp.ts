import { startStandInErp } from '../demo/stand-in-erp.ts';
import { readSettings } from '../settings.ts';
import type { Command } from './command.ts';

export const demoErpCommand: Command = {
  name: 'demo-erp',
  usage: 'demo-erp',
  summary: "play the demo utility's ERP: print the webhooks it gets, serve its archive",
  async run() {
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
  },
};
