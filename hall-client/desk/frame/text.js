// The message catalogue, and the language that is read in now: Chinese until somebody asks for the other.

const LANGUAGES = { zh: 'zh-CN', en: 'en' };

/** Texts of the catalogue in the present language. */
export class Texts {
  #catalogue;
  #language = 'zh';

  constructor(catalogue) {
    this.#catalogue = catalogue;
  }

  static async load() {
    const answer = await fetch('/catalogue.json');
    if (!answer.ok) throw new Error(`catalogue: ${answer.status}`);
    return new Texts(await answer.json());
  }

  /** For the `lang` attribute. */
  get lang() {
    return LANGUAGES[this.#language];
  }

  get other() {
    return this.#language === 'zh' ? 'en' : 'zh';
  }

  get otherLang() {
    return LANGUAGES[this.other];
  }

  switchOver() {
    this.#language = this.other;
  }

  /** The next holder reads what the first one read. */
  reset() {
    this.#language = 'zh';
  }

  /** A text of the pages; `n` goes where it has `{n}`. */
  t = (key, n = '') => this.#pick('page', key).replaceAll('{n}', n);

  /** What a person reads for a code: a reason of cardd, or one of the page's own. */
  reason = (code) => this.#pick(code in this.#catalogue.reason ? 'reason' : 'page', code);

  /** What a person reads for an operation whose result is not known. */
  doubt = (code) => this.#pick('doubt', code);

  /** What a person reads for a rule that a new PIN broke. */
  weak = (rule) => this.#pick('weak', rule);

  /** A text that comes in both languages: of a place, or of the region's rules. */
  local = (words) => words[this.#language];

  /** A text of the pages in both languages, Chinese first: for paper, which is read by others later. */
  both = (key) => this.#catalogue.page[key];

  #pick(part, key) {
    const text = this.#catalogue[part][key];
    if (!text) throw new Error(`no text ${part}.${key}`);
    return text[this.#language];
  }
}
