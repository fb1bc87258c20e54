/** What the demo shop sells. Prices are minor units and include tax, as in any shop in Ireland. */
export type Category = 'tea' | 'ware' | 'plants';
export type Product = {
  slug: string;
  productId: bigint;
  variantId: bigint;
  title: string;
  variant: string | null;
  category: Category;
  priceMinor: number;
  blurb: string;
  story: string;
  grams: number;
  isGiftCard: boolean;
};

export const CURRENCY = 'EUR';
export const CATEGORIES: Record<Category, string> = {
  tea: 'Tea',
  ware: 'Ware',
  plants: 'Plants',
};

const first = 9_128_204_500_001n;
const rows: Omit<Product, 'productId' | 'variantId' | 'isGiftCard'>[] = [
  {
    slug: 'first-light',
    title: 'First Light',
    variant: '100 g',
    category: 'tea',
    priceMinor: 1450,
    grams: 100,
    blurb: 'Black tea, malt and honey',
    story: 'A slow breakfast in a tin: second-flush Assam, rolled by hand, with a taste of malt and a little honey.',
  },
  {
    slug: 'moss-walk',
    title: 'Moss Walk',
    variant: '80 g',
    category: 'tea',
    priceMinor: 1690,
    grams: 80,
    blurb: 'Green tea, steamed, grassy',
    story: 'Steamed within an hour of picking. Brew it at 70 °C and it smells like a path after rain.',
  },
  {
    slug: 'evening-post',
    title: 'Evening Post',
    variant: '60 g',
    category: 'tea',
    priceMinor: 1190,
    grams: 60,
    blurb: 'Rooibos, orange, no caffeine',
    story: 'For letters, late trains and the second half of a long film. Rooibos with dried orange and a little clove.',
  },
  {
    slug: 'harbour-kettle',
    title: 'Harbour Kettle',
    variant: 'Enamel, 1.2 l',
    category: 'ware',
    priceMinor: 6400,
    grams: 1300,
    blurb: 'Enamel on steel, whistles in D',
    story: 'Two coats of enamel on steel, a beech handle that stays cool, and a whistle somebody actually tuned.',
  },
  {
    slug: 'two-cups',
    title: 'Two Cups',
    variant: 'Pair',
    category: 'ware',
    priceMinor: 2800,
    grams: 520,
    blurb: 'Stoneware, made as a pair',
    story: 'Thrown one after the other from the same clay, so they are nearly but not quite alike.',
  },
  {
    slug: 'maidenhair',
    title: 'Maidenhair Fern',
    variant: '12 cm pot',
    category: 'plants',
    priceMinor: 1850,
    grams: 900,
    blurb: 'Likes steam and company',
    story: 'Happiest near a kettle. Keep it out of the sun and out of sight of radiators.',
  },
  {
    slug: 'small-fig',
    title: 'Small Fig',
    variant: '14 cm pot',
    category: 'plants',
    priceMinor: 2450,
    grams: 1400,
    blurb: 'Slow, glossy, forgiving',
    story: 'Forgets that you forgot to water it. One new leaf a month, each a small occasion.',
  },
  {
    slug: 'gift-card',
    title: 'Gift Card',
    variant: '€25',
    category: 'ware',
    priceMinor: 2500,
    grams: 0,
    blurb: 'For someone who has everything but tea',
    story: 'Comes by e-mail and never runs out. Gift cards earn no points; what is bought with them does.',
  },
];

export const PRODUCTS: Product[] = rows.map((row, index) => ({
  ...row,
  productId: first + BigInt(index * 37),
  variantId: first + 40_000_000_000n + BigInt(index * 53),
  isGiftCard: row.slug === 'gift-card',
}));

export const findProduct = (slug: string): Product | undefined => PRODUCTS.find((product) => product.slug === slug);

export const money = (minor: number): string =>
  new Intl.NumberFormat('en-IE', {
    style: 'currency',
    currency: CURRENCY,
  }).format(minor / 100);
