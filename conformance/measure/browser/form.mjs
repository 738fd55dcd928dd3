// Drives the form in a headless Chromium: a receptionist's minute after a launch with a
// patient's record, without JavaScript, each click, key or text that is typed counted; the
// same by keyboard alone; then axe looks at every page. Prints one JSON object. Arguments:
// the address of the page, the program, the folder for screenshots (empty for none), the
// password, and the paths of two launches.
import { chromium } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';

const [base, program, folder, password, launch, launchByKeyboard] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: program,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const result = { outside: [], steps: [], violations: [], interactions: 0, keyboard: '' };

async function open(javaScriptEnabled) {
  const c = await browser.newContext({ javaScriptEnabled, viewport: { width: 1280, height: 900 } });
  c.on('request', (r) => { if (!r.url().startsWith(base)) result.outside.push(r.url()); });
  return c.newPage();
}

async function step(page, name, expected) {
  result.steps.push({ name, ok: (await page.textContent('body')).includes(expected) });
}

async function follow(page, name) {
  const loaded = page.waitForEvent('load');
  await page.getByRole('button', { name, exact: true }).click();
  await loaded;
}

// one interaction each
let count = 0;
const click = async (page, name) => { count++; await follow(page, name); };
const choose = async (page, group, label) => { count++; await page.getByRole('group', { name: group }).getByLabel(label, { exact: true }).check(); };
const type = async (page, label, text) => { count++; await page.getByLabel(label).fill(text); };

async function minute(page, path) {
  count = 0;
  await page.goto(base + path);
  await step(page, 'launched', 'has handed over a patient');
  await click(page, 'Start now');
  await choose(page, 'What kind of event is this?', 'Incident');
  await type(page, 'What happened?', 'A repeat prescription was issued with twice the usual strength.');
  await type(page, 'On which day did it happen?', 'yesterday');
  await type(page, 'How many patients were affected?', '1');
  await click(page, 'Continue');
  await step(page, 'the patient and the harm', 'Filled in from the patient\'s record');
  await choose(page, 'How much physical harm', 'No physical harm');
  await choose(page, 'How much psychological harm', 'No psychological harm');
  await choose(page, 'Is the gender of this patient', 'Not stated');
  await click(page, 'Continue');
  await step(page, 'check your answers', 'By sending it you say');
  await click(page, 'Send the report');
  await step(page, 'receipt', 'waits to be sent');
  return count;
}

result.interactions = await minute(await open(false), launch);

// the same by keyboard alone
const keys = await open(true);
const focused = () => keys.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent?.trim() ?? '');
const reach = async (name, value) => {
  for (let i = 0; i < 60; i++) {
    if ((await focused()) === name && (value === undefined || (await keys.evaluate(() => document.activeElement.value)) === value)) return;
    await keys.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached by keyboard`);
};
const enter = async (name) => {
  await reach(name);
  const loaded = keys.waitForEvent('load');
  await keys.keyboard.press('Enter');
  await loaded;
};
await keys.goto(base + launchByKeyboard);
await enter('Start now');
await reach('type');
await keys.keyboard.press('Space');
for (const [name, text] of [['description', 'A letter about a test result was filed in the wrong record.'], ['date', 'today'], ['patients', '0']]) {
  await reach(name);
  await keys.keyboard.type(text);
}
await enter('Continue');
await reach('riskDetails.riskImminent');
await keys.keyboard.press('Space');
await enter('Continue');
await step(keys, 'by keyboard', 'Check your answers');

// axe, and how it looks
const seen = await open(true);
const look = async (name) => {
  // legacy: in the page itself; a tab of its own for the result is for pages with frames
  const found = await new AxeBuilder({ page: seen }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  for (const v of found.violations) result.violations.push(`${name}: ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 200)}`);
  for (const width of [320, 768, 1280]) {
    await seen.setViewportSize({ width, height: 900 });
    result.steps.push({ name: `${name} at ${width} px`, ok: await seen.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth) });
    if (folder) await seen.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
  }
};
await seen.goto(base + '/form');
await look('sign-in');
await seen.getByLabel('User name').fill('rec1');
await seen.getByLabel('Password').fill(password);
await follow(seen, 'Sign in');
await look('start');
await follow(seen, 'Start now');
await look('what-happened');
await seen.getByLabel('What happened?').fill('Mrs Jane Smith was given the wrong tablets.');
await seen.getByLabel('On which day did it happen?').fill('the day before');
await follow(seen, 'Continue');
await look('problems');
await seen.getByRole('group', { name: 'What kind of event is this?' }).getByLabel('Incident', { exact: true }).check();
await seen.getByLabel('On which day did it happen?').fill('today');
await seen.getByLabel('How many patients were affected?').fill('2');
await follow(seen, 'Continue');
await look('harm');
await follow(seen, 'Ask a clinician');
await look('missing');
const draft = seen.url().match(/form\/(\d+)/)[1];
for (const path of ['', '/what', '/involved', '/concern', '/medicines', '/place', '/reporter', '/sharing', '/patient']) {
  await seen.goto(`${base}/form/${draft}${path}`);
  await look('draft' + path.replace('/', '-'));
}
await seen.goto(`${base}/form/sent/1`);
await look('receipt');
await seen.goto(`${base}/form/sent`);
await step(seen, 'your reports', 'report 1 of');
await look('your-reports');
await seen.goto(`${base}/form`);
await step(seen, 'a draft waits for a clinician', 'waits for a clinician');
await look('start-with-drafts');
await seen.goto(base + '/form/launch/used');
await look('used-link');
await browser.close();
console.log(JSON.stringify(result));
