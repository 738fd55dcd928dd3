// Shows the Questionnaire in LHC-Forms in a headless Chromium and fills it in by hand, as
// responses say. Arguments: the address of the page, the program, the folder for a
// screenshot (empty for none).
//
// Each line in is a QuestionnaireResponse. It gets a line out: {"response", "outside",
// "errors"}, with the response that LHC-Forms makes of what was filled in, the requests to
// other hosts, and what went wrong in the page.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const [base, program, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: program,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// fill goes through the items of a response. The id of an element is the linkId and, with a
// slash before each, the number of the item and of all that it is in.
async function fill(page, items, within) {
  const seen = {};
  for (const item of items) {
    const n = (seen[item.linkId] = (seen[item.linkId] ?? 0) + 1);
    if (item.answer) {
      await answer(page, item, within + '/1');
    } else {
      if (n > 1) await element(page, `add-${item.linkId}${within}/${n - 1}`).click();
      await fill(page, item.item, `${within}/${n}`);
    }
  }
}

const element = (page, id) => page.locator(`[id="${id}"]`);

async function answer(page, item, within) {
  const id = item.linkId + within;
  for (const [i, value] of item.answer.entries()) {
    if (value.valueCoding) {
      await choose(page, id, value.valueCoding);
    } else if (value.valueBoolean !== undefined) {
      await element(page, 'item-' + id).getByText(value.valueBoolean ? 'Yes' : 'No', { exact: true }).click();
    } else if (value.valueDate) {
      const [year, month, day] = value.valueDate.split('-');
      await element(page, id).locator('input').fill([month, day, year].filter(Boolean).join('/'));
      await page.keyboard.press('Enter');
    } else if (value.valueTime) {
      await element(page, id).locator('input').fill(value.valueTime);
      await page.keyboard.press('Enter');
    } else if (value.valueQuantity) {
      await element(page, id).fill(String(value.valueQuantity.value));
      await pick(page, 'unit_' + id, value.valueQuantity.unit);
    } else {
      const at = i === 0 ? id : id.replace(/1$/, i + 1);
      if (i > 0) await element(page, 'add-' + id.replace(/1$/, i)).click();
      await element(page, at).fill(String(value.valueString ?? value.valueInteger));
    }
    await page.keyboard.press('Tab');
  }
}

// choose picks an option: one that is shown, or one of a list that opens.
async function choose(page, id, coding) {
  const option = element(page, `${id}|${coding.system}|${coding.code}`);
  if (await option.count()) await option.click();
  else await pick(page, id, coding.display);
}

// pick chooses from the list that opens; its lines may be numbered.
async function pick(page, id, text) {
  await element(page, id).click();
  const line = new RegExp(`^(\\d+:)?\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  await page.locator('#lhc-tools-searchResults li').filter({ hasText: line }).click();
}

async function show(response) {
  const result = { outside: [], errors: [] };
  const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
  page.setDefaultTimeout(10000);
  page.on('request', (r) => { if (!r.url().startsWith(base) && !r.url().startsWith('data:')) result.outside.push(r.url()); });
  page.on('pageerror', (e) => result.errors.push(e.message));
  await page.goto(base);
  await page.evaluate(async () => {
    const form = await (await fetch('/form.json')).json();
    await LForms.Util.addFormToPage(form, 'form', { prepopulate: false });
  });
  try {
    await fill(page, response.item, '');
  } catch (err) {
    result.errors.push(err.message);
  }
  if (folder) await page.screenshot({ path: `${folder}/lhc-forms-${response.item[0].item[0].answer[0].valueCoding.display}.png`.replaceAll(' ', '-'), fullPage: true });
  result.response = await page.evaluate(() => LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4'));
  await page.close();
  return result;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await show(JSON.parse(line))));
}
await browser.close();
