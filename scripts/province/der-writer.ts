/** The DER writer of the house, under the name that the province's files know it by. */
export * from '../../signatures/der-write.ts';
