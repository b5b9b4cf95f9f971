// Guidance for who does not see the screen: what is shown is spoken, a key press is one tone. Off until
// somebody asks for it. Every key has the same tone: who listens learns how many, not which.

const TONE_HZ = 660;
const TONE_S = 0.06;
const LOUDNESS = 0.15;

export class Guidance {
  on = false;
  #context = null;

  toggle() {
    this.on = !this.on;
    if (!this.on) this.quiet();
  }

  /** The next holder begins without it. */
  reset() {
    this.on = false;
    this.quiet();
  }

  /** Speaks, where the browser has a voice; what is said later cuts off what was said before. */
  speak(text, lang) {
    if (!this.on || !('speechSynthesis' in globalThis)) return;
    this.quiet();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = lang;
    speechSynthesis.speak(words);
  }

  /** A key was taken. */
  tone() {
    if (!this.on || !('AudioContext' in globalThis)) return;
    this.#context ??= new AudioContext();
    const { currentTime: now, destination } = this.#context;
    const [oscillator, gain] = [this.#context.createOscillator(), this.#context.createGain()];
    oscillator.frequency.value = TONE_HZ;
    gain.gain.value = LOUDNESS;
    oscillator.connect(gain).connect(destination);
    oscillator.start(now);
    oscillator.stop(now + TONE_S);
  }

  quiet() {
    if ('speechSynthesis' in globalThis) speechSynthesis.cancel();
  }
}
