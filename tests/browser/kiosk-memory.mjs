// What a holder typed is nowhere any more once it is sent: not in the memory of any process of the browser,
// not in the desk's server. While it is typed it is in the page, and the search says so: it can find.

import assert from 'node:assert/strict';

import { startsChange } from './kiosk.mjs';
import { ask, journey, LANDSCAPE, rack } from './stage.mjs';

await journey(
  async (stage) => {
    const { page } = stage;
    const [old, fresh] = stage.more.canaries;
    const pids = async () => {
      const devtools = await stage.browser.newBrowserCDPSession();
      const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
      return processInfo.map(({ id }) => id);
    };
    const finds = async (digits) => {
      const all = await ask('search', { digits, pids: await pids() });
      assert.ok(all.length > 2, 'browser, page and server at least');
      return { browser: all.slice(0, -1).reduce((sum, found) => sum + found, 0), server: all.at(-1) };
    };
    const press = async (digits) => {
      for (const digit of digits) await page.locator('.pad').getByText(digit, { exact: true }).click();
    };

    await rack.insert('w1');
    await startsChange(stage);
    await press(old);
    const typed = await finds(old);
    assert.ok(typed.browser > 0, 'the search finds nothing where the digits must be');
    assert.equal(typed.server, 0);
    const turn = await stage.turn();
    await stage.touch('确认');
    await page.locator(`main:not([data-turn="${turn}"])`).waitFor();
    await stage.sees('请输入新密码');
    await stage.types(fresh);
    await stage.sees('请再次输入新密码');
    await stage.types(fresh);
    // The old one is not the card's PIN; what is typed goes all the way to it.
    await stage.screen('refused');
    assert.equal(await rack.pinsSent(), 1);
    for (const digits of [old, fresh]) assert.deepEqual(await finds(digits), { browser: 0, server: 0 }, digits);
    for (const said of stage.network) for (const digits of [old, fresh]) assert.ok(!said.includes(digits), said);
  },
  { viewport: LANDSCAPE },
);
