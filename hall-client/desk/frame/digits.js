// What a holder typed, in bytes that can be overwritten: never a string, never in the document.

import { still } from '/seal.js';

/** Most digits of a PIN. */
const MOST = 16;
/** ASCII of 0: what is typed is sealed as cardd and the card's VERIFY take it. */
const ZERO = 0x30;

/** The digits of one PIN. */
export class Digits {
  #bytes = still(MOST);
  #length = 0;

  get length() {
    return this.#length;
  }

  /** Adds a digit, 0 to 9, if there is room for it below `most`. */
  push(digit, most) {
    if (this.#length < Math.min(most, MOST)) {
      this.#bytes[this.#length] = ZERO + digit;
      this.#length += 1;
    }
  }

  /** Takes the last one back. */
  pop() {
    if (this.#length > 0) {
      this.#length -= 1;
      this.#bytes[this.#length] = 0;
    }
  }

  wipe() {
    this.#bytes.fill(0);
    this.#length = 0;
  }

  /** The bytes once more, for a seal before the last; whoever takes them overwrites them. */
  copy() {
    const bytes = still(this.#length);
    bytes.set(this.#bytes.subarray(0, this.#length));
    return bytes;
  }

  /** The bytes, moved out: this is empty afterwards, and whoever takes them overwrites them. */
  take() {
    const bytes = this.copy();
    this.wipe();
    return bytes;
  }
}
