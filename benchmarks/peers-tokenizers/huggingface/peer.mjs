// Hugging Face's tokenizers library, by its binding for node: run by interchange.py.
//   peer.mjs encode tokenizer.json texts.txt results.jsonl    one line of results a text: ids, offsets in UTF-16 units, segments, marks of special tokens, the text decoded
//   peer.mjs make <name> tokenizer.json [files]               writes a tokenizer as the library writes it
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const library = createRequire(join(process.env.PEER_MODULES, 'package.json'))('tokenizers')
const { Tokenizer, BPE, WordPiece, Unigram } = library

// The library counts code points; ours, and JavaScript, UTF-16 units.
const unitsOf = (text) => {
  const units = [0]
  for (const character of text) units.push(units.at(-1) + character.length)
  return units
}

const record = async (tokenizer, first, second) => {
  const encoding = await tokenizer.encode(first, second)
  const units = [unitsOf(first), unitsOf(second ?? '')]
  const sequences = encoding.getSequenceIds()
  const ids = encoding.getIds()
  return JSON.stringify({
    ids,
    offsets: encoding.getOffsets().map(([start, end], i) => (sequences[i] == null ? [0, 0] : [units[sequences[i]][start], units[sequences[i]][end]])),
    segments: encoding.getTypeIds(),
    special: encoding.getSpecialTokensMask(),
    decoded: await tokenizer.decode(ids, true),
  })
}

const encode = async (tokenizerPath, textsPath, resultsPath) => {
  const tokenizer = Tokenizer.fromFile(tokenizerPath)
  const texts = readFileSync(textsPath, 'utf8').split('\n')
  const results = []
  for (let i = 0; i < texts.length; i++) {
    results.push(await record(tokenizer, texts[i], null))
    if (i % 10 === 0 && i + 1 < texts.length) results.push(await record(tokenizer, texts[i], texts[i + 1]))
  }
  writeFileSync(resultsPath, results.join('\n') + '\n')
}

const bert = async (vocabulary, lowercase, strips) => {
  // Not WordPiece.fromFile, which trims a piece that is white space (U+2028 of the Chinese vocabulary) to nothing.
  const pieces = readFileSync(vocabulary, 'utf8').replace(/\n$/, '').split('\n')
  const tokenizer = new Tokenizer(WordPiece.init(Object.fromEntries(pieces.map((piece, id) => [piece, id])), { unkToken: '[UNK]', continuingSubwordPrefix: '##', maxInputCharsPerWord: 100 }))
  tokenizer.setNormalizer(library.bertNormalizer({ cleanText: true, handleChineseChars: true, stripAccents: strips, lowercase }))
  tokenizer.setPreTokenizer(library.bertPreTokenizer())
  tokenizer.setDecoder(library.wordPieceDecoder('##', true))
  tokenizer.addSpecialTokens(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'])
  const idOf = (token) => [token, tokenizer.tokenToId(token)]
  tokenizer.setPostProcessor(library.bertProcessing(idOf('[SEP]'), idOf('[CLS]')))
  return tokenizer
}

const gpt2 = (model, prefix, trims) => {
  const tokenizer = new Tokenizer(model)
  tokenizer.setPreTokenizer(library.byteLevelPreTokenizer(prefix))
  tokenizer.setPostProcessor(library.byteLevelProcessing(trims))
  tokenizer.setDecoder(byteLevelDecoder())
  return tokenizer
}

// The binding makes no ByteLevel decoder by itself: one is read from a tokenizer that has it.
const byteLevelDecoder = () => Tokenizer.fromString(JSON.stringify({
  version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true }, model: { type: 'BPE', vocab: {}, merges: [] },
})).getDecoder()

const makers = {
  'bert-uncased': (vocabulary) => bert(vocabulary, true, true),
  'bert-cased': (vocabulary) => bert(vocabulary, false, false),
  'gpt2': async (vocabulary, merges) => {
    const tokenizer = gpt2(await BPE.fromFile(vocabulary, merges), false, false)
    tokenizer.addSpecialTokens(['<|endoftext|>'])
    return tokenizer
  },
  'gpt2-prefix-trim': async (vocabulary, merges) => {
    const tokenizer = gpt2(await BPE.fromFile(vocabulary, merges), true, true)
    tokenizer.addSpecialTokens(['<|endoftext|>'])
    return tokenizer
  },
  'gpt1': async (vocabulary, merges) => {
    const tokenizer = new Tokenizer(await BPE.fromFile(vocabulary, merges, { unkToken: '<unk>', endOfWordSuffix: '</w>' }))
    tokenizer.setNormalizer(library.bertNormalizer({ cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true }))
    tokenizer.setPreTokenizer(library.bertPreTokenizer())
    tokenizer.setDecoder(library.bpeDecoder('</w>'))
    tokenizer.addSpecialTokens(['<unk>'])
    return tokenizer
  },
  'trained-byte-level': async (...files) => {
    const tokenizer = gpt2(BPE.empty(), false, true)
    tokenizer.train(files)
    // The binding's trainer has no option for the alphabet; ours has all 256 bytes always, and needs them.
    const whole = join(process.env.PEER_MODULES, 'whole.json')
    tokenizer.save(whole, false)
    const json = JSON.parse(readFileSync(whole, 'utf8'))
    for (const byte of library.byteLevelAlphabet()) json.model.vocab[byte] ??= Object.keys(json.model.vocab).length
    return Tokenizer.fromString(JSON.stringify(json))
  },
  'unigram-first': async (source) => {
    const { model } = JSON.parse(readFileSync(source, 'utf8'))
    const tokenizer = new Tokenizer(Unigram.init(model.vocab, { unkId: model.unk_id }))
    tokenizer.setNormalizer(library.sequenceNormalizer([library.replace('``', '"'), library.stripNormalizer(true, true)]))
    tokenizer.setPreTokenizer(library.metaspacePreTokenizer('▁', 'first', true))
    tokenizer.setDecoder(library.metaspaceDecoder('▁', 'first', true))
    tokenizer.addSpecialTokens(['<unk>', '<s>', '</s>'])
    tokenizer.setPostProcessor(library.templateProcessing('<s> $A </s>', '<s> $A </s> $B:1 </s>:1', ['<s>', '</s>'].map((token) => [token, tokenizer.tokenToId(token)])))
    return tokenizer
  },
}

const [command, ...rest] = process.argv.slice(2)
if (command === 'encode') await encode(...rest)
else if (command === 'make') (await makers[rest[0]](...rest.slice(2))).save(rest[1], false)
else throw new Error(`unknown command ${command}`)
