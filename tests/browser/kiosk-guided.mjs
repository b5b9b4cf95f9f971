// The kiosk for who does not see the screen: everything that is shown is spoken, keys lie where they always
// lie, a key is one tone and says how many, never which. What is spoken and played is recorded here in
// place of the machine's loudspeaker.

import assert from 'node:assert/strict';

import { ISSUED, OWN, startsChange } from './kiosk.mjs';
import { journey, LANDSCAPE, rack } from './stage.mjs';

/** Records what the page says and plays. */
function recorded() {
  globalThis.heard = [];
  speechSynthesis.speak = ({ text, lang }) => globalThis.heard.push({ said: text, lang });
  speechSynthesis.cancel = () => {};
  globalThis.AudioContext = class {
    currentTime = 0;
    destination = {};
    createOscillator() {
      const tone = { hz: 0 };
      return {
        frequency: { set value(hz) { tone.hz = hz; } },
        connect: (next) => next,
        start: () => globalThis.heard.push({ tone: tone.hz }),
        stop: () => {},
      };
    }
    createGain() {
      return { gain: {}, connect: (next) => next };
    }
  };
}

await journey(
  async (stage) => {
    const { page } = stage;
    await page.addInitScript(recorded);
    await page.reload();
    await stage.screen('attract');
    const heard = async () => {
      const all = await page.evaluate(() => globalThis.heard.splice(0));
      return { said: all.flatMap(({ said }) => said ?? []), tones: all.flatMap(({ tone }) => tone ?? []), langs: new Set(all.flatMap(({ lang }) => lang ?? [])) };
    };
    assert.deepEqual((await heard()).said, [], 'it speaks unasked');

    await stage.touch('语音引导');
    assert.match((await heard()).said.join(), /请插入社会保障卡/);
    await rack.insert('w2');
    await stage.screen('home');
    const home = await heard();
    assert.match(home.said.join(), /密码剩余 6 次/);
    assert.deepEqual([...home.langs], ['zh-CN']);

    // The tries left, what to type and where to go are said before anybody types.
    await startsChange(stage);
    const prompt = (await heard()).said.at(-1);
    for (const text of ['请输入当前密码', '剩余 6 次机会', '从未修改过密码的，请输入初始密码']) assert.ok(prompt.includes(text), prompt);

    // Fixed keys, found by who knows their place; a keyboard types too.
    assert.deepEqual(await page.locator('.pad .key').allInnerTexts(), [...'123456789', '清空', '0', '删除']);
    for (const [at, digit] of [...ISSUED].entries()) {
      await page.keyboard.press(digit);
      const { said, tones } = await heard();
      assert.deepEqual(said, [`已输入 ${at + 1} 位`]);
      assert.deepEqual(tones, [660], `key ${digit} sounds otherwise`);
    }
    await page.keyboard.press('Backspace');
    assert.deepEqual(await heard(), { said: ['已输入 5 位'], tones: [660], langs: new Set(['zh-CN']) });
    await page.keyboard.press(ISSUED.at(-1));
    const turn = await stage.turn();
    await page.locator('.pad').focus();
    await page.keyboard.press('Enter');
    await page.locator(`main:not([data-turn="${turn}"])`).waitFor();
    await stage.sees('请输入新密码');
    const rules = (await heard()).said.at(-1);
    assert.match(rules, /新密码不能是持卡人的出生日期/);

    // A weak one: what is against it is said.
    await stage.types('123456');
    await page.locator('.what').waitFor();
    assert.match((await heard()).said.at(-1), /新密码不能是发卡时的初始密码.*本次未消耗次数/s);
    await stage.types(OWN);
    await stage.sees('请再次输入新密码');
    await stage.types(OWN);
    await stage.screen('changed');
    const said = (await heard()).said.join();
    assert.match(said, /密码修改成功/);
    for (const digits of [ISSUED, OWN]) assert.ok(!said.includes(digits), said);

    // The next holder begins without it, and nothing is spoken or played.
    await rack.pull();
    await stage.screen('attract');
    await heard();
    await rack.insert('w2');
    await stage.screen('home');
    await startsChange(stage);
    for (const digit of ISSUED) await page.keyboard.press(digit);
    assert.deepEqual(await heard(), { said: [], tones: [], langs: new Set() });
    await rack.pull();
    await stage.screen('attract');

    // Nothing moves for who does not want it to; for others a picture shows where the card goes.
    const moving = () => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    assert.equal(await moving(), 0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.ok((await moving()) > 0);
  },
  { viewport: LANDSCAPE },
);
