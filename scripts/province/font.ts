/** Tinos, cut down to what a document uses: the same code that writes our signatures' lines. */
export * from '../../signatures/signing/font.ts';
